# Read by the entrypoint of the image mariadb, which offers docker_process_sql: runs grants.sql with the
# password of compose.yaml, for a user who comes from another container. Not executable, so that it is read.
sed -e "s/'127\.0\.0\.1'/'%'/g" -e "s/CHANGE-ME/${AGI_PASSWORD}/" /grants.sql | docker_process_sql
