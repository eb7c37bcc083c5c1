"""A small SIP telephone without a handset: it calls and is called, speaks and hears, presses keys, and can tell tones.

For the terminal (`./kinline phone`), the sample's outside world, and tests. Nothing here knows the switch.

    phone = await Phone.open(user="lobby-1", password="…")     # on_call=… to be called
    call = await phone.call("1001*4321*8135550142", ("127.0.0.1", 15060))
    if await call.until("up", "early"):
        await call.press("1")
        call.line.say(tones.tone([440], 5))
    tones.hears(bytes(call.line.heard[-8000:]), 1000)          # the last second
    await call.hang_up()
    await phone.close()
"""

from kinline.sip.phone.agent import Phone
from kinline.sip.phone.call import Call, NoAnswer, State

__all__ = ["Call", "NoAnswer", "Phone", "State"]
