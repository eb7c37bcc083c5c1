"""`python -m kinline COMMAND`: what the bootstrap `./kinline` runs."""

import sys

from kinline.ops.entry import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
