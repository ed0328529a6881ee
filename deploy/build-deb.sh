#!/bin/sh
# Makes courier-agi_VERSION_all.deb in the folder it is started in.
#
#   deploy/build-deb.sh [TARBALL]     TARBALL: what npm pack made; it is made anew when left out
#
# Needs npm, dpkg-deb, and the npm registry for the dependencies (those of package-lock.json). The package
# needs Node.js 20.19: of Debian 13, or of NodeSource on Debian 11 and 12. It neither enables nor starts the
# service at first, since there is nothing to serve before the configuration; an update restarts it.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
out=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What npm and tar make is readable for everybody, whoever makes it.
umask 022

if [ $# -gt 0 ]; then
    tarball=$(realpath "$1")
else
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

version=$(node -p 'require(process.argv[1]).version' "$lib/package.json")
deploy=$lib/deploy
install -D -m 644 "$deploy/courier-agi.service" "$stage/usr/lib/systemd/system/courier-agi.service"
install -D -m 644 "$deploy/courier-agi.sysusers.conf" "$stage/usr/lib/sysusers.d/courier-agi.conf"
install -D -m 640 "$deploy/courier-agi.yaml" "$stage/etc/courier-agi/courier-agi.yaml"
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
Depends: nodejs (>= 20.19), systemd (>= 246)
Suggests: asterisk
Installed-Size: $(du -sk "$stage" | cut -f1)
Description: FastAGI server that sends callers of a courier company to the right person
 Asterisk asks it who calls: a recipient reaches the courier who has his parcel, a
 courier and a client reach their manager, everybody else the operators.
CONTROL
echo /etc/courier-agi/courier-agi.yaml >"$stage/DEBIAN/conffiles"

cat >"$stage/DEBIAN/postinst" <<'POSTINST'
#!/bin/sh
set -e
if [ "$1" = configure ]; then
    systemd-sysusers courier-agi.conf
    chgrp -R courier-agi /etc/courier-agi
    chmod 750 /etc/courier-agi
    if [ -d /run/systemd/system ]; then
        systemctl daemon-reload
        if [ -n "$2" ]; then
            systemctl try-restart courier-agi
        else
            echo "Set database.url in /etc/courier-agi/courier-agi.yaml, run courier-agi doctor, then:"
            echo "systemctl enable --now courier-agi"
        fi
    fi
fi
POSTINST

cat >"$stage/DEBIAN/prerm" <<'PRERM'
#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
    systemctl disable --now courier-agi
fi
PRERM

cat >"$stage/DEBIAN/postrm" <<'POSTRM'
#!/bin/sh
set -e
if [ "$1" = purge ]; then
    rm -rf /var/lib/courier-agi
fi
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
fi
POSTRM
chmod 755 "$stage/DEBIAN/postinst" "$stage/DEBIAN/prerm" "$stage/DEBIAN/postrm"

dpkg-deb --root-owner-group --build "$stage" "$out/courier-agi_${version}_all.deb" >/dev/null
echo "$out/courier-agi_${version}_all.deb"
