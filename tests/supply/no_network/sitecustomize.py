"""Python itself imports this where its folder is on the path: whatever asks for the network is told that there is none.

Each request is noted in the file that ``ASKED_FOR`` names, as some callers would hide the error.
"""

import os
import socket
import traceback


def _refuse(what, where):
    with open(os.environ["ASKED_FOR"], "a") as file:
        file.write(f"{what} {where}\n{''.join(traceback.format_stack(limit=8))}")
    raise OSError(101, "Network is unreachable")


class _Socket(socket.socket):
    def connect(self, address):
        return super().connect(address) if self.family == socket.AF_UNIX else _refuse("connect", address)

    def connect_ex(self, address):
        return super().connect_ex(address) if self.family == socket.AF_UNIX else _refuse("connect_ex", address)


socket.socket = _Socket
for _name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "create_connection"):
    setattr(socket, _name, lambda *arguments, name=_name, **_: _refuse(name, arguments))
