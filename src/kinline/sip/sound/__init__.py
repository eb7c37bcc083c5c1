"""Sound as telephones send it: 8000 samples a second, one channel, G.711 µ-law; what is in it, files of it. Pure."""

RATE = 8000  # samples a second
FRAME = 160  # samples in the 20 ms that one packet carries
SILENCE = b"\xff"  # one sample of µ-law
