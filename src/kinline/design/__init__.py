"""The one design language of the three faces: CSS, base pages, form renderer, tags, words for time and money.

Pages extend `design/base.html` (family and public), `design/kiosk_base.html` or `design/staff_base.html`; the
classes they may use are listed at the top of `static/kinline/kinline.css`. No style attribute and no inline script
anywhere: the CSP refuses both.

Tags and filters are builtins of every template (`templatetags/kinline.py`): `{% field form.name %}`,
`{% error_summary form %}`, `{{ cents|money }}`, `{{ cents|price }}`, `{{ dt|moment }}`, `{{ text|letter }}` …
A message for the next page ("Your letter is on its way.") is said with `flash.say(request, text)`.
"""
