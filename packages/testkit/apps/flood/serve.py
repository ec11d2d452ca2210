"""serve.py HOST PORT"""

import sys
from wsgiref.simple_server import make_server

from app import app

make_server(sys.argv[1], int(sys.argv[2]), app).serve_forever()
