"""Starts an AGI script for each connection, as Asterisk does for AGI(script.py): fork, then exec."""
import os
import signal
import socket
import sys

signal.signal(signal.SIGCHLD, signal.SIG_DFL)
listener = socket.create_server(("127.0.0.1", int(os.environ["BENCH_PORT"])), backlog=1024)
listener.settimeout(0.02)
while True:
    try:
        connection, _ = listener.accept()
    except TimeoutError:
        connection = None
    if connection is not None:
        if os.fork() == 0:
            connection.setblocking(True)
            os.dup2(connection.fileno(), 0)
            os.dup2(connection.fileno(), 1)
            os.execv(sys.executable, [sys.executable, sys.argv[1]])
        connection.close()
    # Those that have ended; their CPU time then counts as this process's.
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:
        pass
