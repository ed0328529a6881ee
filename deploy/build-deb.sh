#!/bin/sh
# Makes courier-agi_VERSION_all.deb in the folder it is started in.
#
#   deploy/build-deb.sh [TARBALL]     TARBALL: what npm pack made; it is made anew when left out
#   deploy/build-deb.sh --version     tells the version that it would make here
#
# apt installs no package over one of the same version. So one that is made in a checkout of git which is at no tag has
# the time of its commit in the version, and with changes that are not committed the present time.
#
# Needs npm, dpkg-deb, and the npm registry for the dependencies (those of package-lock.json). Any machine will
# do; the telephone server needs nothing but the package and Node.js 20.19: of Debian 13, or of NodeSource on
# Debian 11 and 12. It neither enables nor starts the services at first, since there is nothing to serve before
# the configuration; an update restarts those that run.
#
# /etc/courier-agi/courier-agi.yaml, password and ami-secret are made when they are missing and otherwise left
# alone: they are no conffiles, so that neither an update nor a configuration of before leads to a question.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd -P)

version_in() { node -p 'require(process.argv[1]).version' "$1/package.json"; }

since_release() {
    [ "$(git -C "$top" rev-parse --show-toplevel 2>/dev/null)" = "$top" ] || return 0
    commit=$(git -C "$top" rev-parse --short HEAD 2>/dev/null) || return 0
    # ~ sorts before the release that is still to come, + behind the one that is there.
    if git -C "$top" rev-parse --quiet --verify "refs/tags/v$(version_in "$top")" >/dev/null; then
        mark=+git
    else
        mark='~git'
    fi
    if ! git -C "$top" diff --quiet HEAD; then
        echo "$mark$(date -u +%Y%m%d%H%M%S).$commit.changed"
    elif ! git -C "$top" describe --tags --exact-match HEAD >/dev/null 2>&1; then
        echo "$mark$(TZ=UTC git -C "$top" log -1 --date=format-local:%Y%m%d%H%M%S --format=%cd).$commit"
    fi
}

if [ "${1-}" = --version ]; then
    echo "$(version_in "$top")$(since_release)"
    exit
fi

out=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What npm and tar make is readable for everybody, whoever makes it.
umask 022

if [ $# -gt 0 ]; then
    tarball=$(realpath "$1")
    since=
else
    since=$(since_release)
    (cd "$top" && npm pack --loglevel=error --pack-destination "$work" >/dev/null)
    tarball=$(echo "$work"/*.tgz)
fi

stage=$work/stage
lib=$stage/usr/lib/courier-agi
install -d "$lib" "$stage/DEBIAN" "$stage/usr/bin"
tar -xzf "$tarball" -C "$lib" --strip-components=1 --no-same-owner
cp "$top/package-lock.json" "$lib/"
(cd "$lib" && npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null)
rm "$lib/package-lock.json" "$lib/node_modules/.package-lock.json"
chmod 755 "$lib/dist/main.js"
ln -s ../lib/courier-agi/dist/main.js "$stage/usr/bin/courier-agi"

version=$(version_in "$lib")$since
deploy=$lib/deploy
for unit in courier-agi.service courier-agi-desk.service; do
    install -D -m 644 "$deploy/$unit" "$stage/usr/lib/systemd/system/$unit"
done
install -D -m 644 "$deploy/courier-agi.sysusers.conf" "$stage/usr/lib/sysusers.d/courier-agi.conf"
install -D -m 644 "$lib/LICENSE" "$stage/usr/share/doc/courier-agi/copyright"
install -d "$stage/usr/share/man/man1"
gzip -9 -n -c "$deploy/courier-agi.1" >"$stage/usr/share/man/man1/courier-agi.1.gz"

cat >"$stage/DEBIAN/control" <<CONTROL
Package: courier-agi
Version: $version
Architecture: all
Maintainer: courier-agi <root@localhost>
Section: comm
Priority: optional
Depends: nodejs (>= 20.19), passwd, systemd (>= 246)
Suggests: asterisk
Installed-Size: $(du -sk "$stage" | cut -f1)
Description: FastAGI server that sends callers of a courier company to the right person
 Asterisk asks it who calls: a recipient reaches the courier who has the parcel, a
 courier and a client reach their manager, everybody else the operators.
CONTROL

cat >"$stage/DEBIAN/postinst" <<'POSTINST'
#!/bin/sh
set -e
[ "$1" = configure ] || exit 0

etc=/etc/courier-agi
systemd-sysusers courier-agi.conf
install -d -m 750 $etc
[ -e $etc/courier-agi.yaml ] || install -m 640 /usr/lib/courier-agi/deploy/courier-agi.yaml $etc/courier-agi.yaml
[ -e $etc/password ] || install -m 640 /dev/null $etc/password
[ -e $etc/ami-secret ] || install -m 640 /dev/null $etc/ami-secret
install -d -m 700 -o courier-agi -g courier-agi /var/lib/courier-agi
chgrp courier-agi $etc $etc/courier-agi.yaml $etc/password $etc/ami-secret
chmod 640 $etc/courier-agi.yaml $etc/password $etc/ami-secret

units=/etc/systemd/system
for old in $units/courier-agi.service $units/courier-agi-desk.service /usr/local/bin/courier-agi; do
    [ ! -e $old ] || echo "$old of an earlier installation comes before this package: remove it." >&2
done

if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    if [ -n "$2" ]; then
        systemctl try-restart courier-agi
        # The calls go on without it: no reason for dpkg to call the package broken.
        systemctl try-restart courier-agi-desk || echo "The desk did not start: journalctl -u courier-agi-desk" >&2
    fi
fi
if [ -z "$2" ]; then
    echo "Next: set database.url in $etc/courier-agi.yaml, write the password of the database user into"
    echo "$etc/password, run courier-agi doctor, then: systemctl enable --now courier-agi"
    echo "For the desk, which keeps a journal of all calls, see /usr/lib/courier-agi/docs/desk.md."
fi
POSTINST

cat >"$stage/DEBIAN/prerm" <<'PRERM'
#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
    systemctl disable --now courier-agi courier-agi-desk
fi
PRERM

cat >"$stage/DEBIAN/postrm" <<'POSTRM'
#!/bin/sh
set -e
if [ "$1" = purge ]; then
    # The snapshot, the journal and the passwords are secrets, and nothing else belongs to this user.
    rm -rf /var/lib/courier-agi /etc/courier-agi
    rm -f /etc/systemd/system/multi-user.target.wants/courier-agi.service
    rm -f /etc/systemd/system/multi-user.target.wants/courier-agi-desk.service
    if getent passwd courier-agi >/dev/null; then userdel courier-agi; fi
fi
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
fi
POSTRM
chmod 755 "$stage/DEBIAN/postinst" "$stage/DEBIAN/prerm" "$stage/DEBIAN/postrm"

dpkg-deb --root-owner-group --build "$stage" "$out/courier-agi_${version}_all.deb" >/dev/null
echo "$out/courier-agi_${version}_all.deb"
