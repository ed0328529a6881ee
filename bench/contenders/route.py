"""The three sample queries in an AGI script as admins write it: one process and one connection a call."""
import os
import sys
from urllib.parse import urlparse

import pymysql

QUERIES = (
    (
        "recipient",
        "SELECT k.phonem FROM contacts c JOIN givn g ON g.address=c.Source JOIN kurier k ON k.code=g.kurier"
        " WHERE c.SourceCodeType=3 AND g.State=1 AND c.VALUE=%s",
    ),
    (
        "courier",
        "SELECT u.extPhone FROM contacts c JOIN kurier k ON k.code=c.Source JOIN users u ON u.user=k.manager"
        " WHERE c.SourceCodeType=1 AND c.VALUE=%s",
    ),
    (
        "client",
        "SELECT u.extPhone FROM contacts c JOIN clients k ON k.code=c.Source"
        " LEFT JOIN users u ON u.user=k.manager WHERE c.SourceCodeType=2 AND c.VALUE=%s",
    ),
)

environment = {}
for line in iter(sys.stdin.readline, "\n"):
    if line == "":
        sys.exit()
    key, _, value = line.partition(": ")
    environment[key] = value.strip()

url = urlparse(os.environ["BENCH_DATABASE_URL"])
database = pymysql.connect(host=url.hostname, port=url.port, user=url.username, database=url.path[1:])
variables = "ROUTE_STATUS=UNKNOWN"
with database.cursor() as cursor:
    for caller, query in QUERIES:
        cursor.execute(query, (environment["agi_callerid"].replace("+", ""),))
        row = cursor.fetchone()
        if row:
            target = str(row[0]).replace(",", "&")
            variables = f"ROUTE_CALLER={caller},ROUTE_DIAL_1=PJSIP/{target},ROUTE_STATUS=OK"
            break
print(f'EXEC MSet "{variables}"', flush=True)
sys.stdin.readline()
