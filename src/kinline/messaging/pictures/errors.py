"""Why a file is not taken as a photo (MSG-9). Each says what to do instead; the letter's text stays."""

from django.utils.translation import gettext_lazy as _

from kinline.core.errors import Refusal

PIXELS_EXIT = 3  # how the process that decodes says "too many pixels"


class PhotoEmpty(Refusal):
    code = "photo_empty"
    sentence = _("This file is empty. Choose the photo again.")


class PhotoTooLarge(Refusal):
    code = "photo_too_large"
    sentence = _("This file is larger than 10 MB. Make the photo smaller, or send a picture of a screen that shows it.")


class NotAPhoto(Refusal):
    code = "not_a_photo"
    sentence = _("This file is not a photo that we can take. Choose a JPEG, PNG or HEIC, as telephones make them.")


class PhotoIsArchive(Refusal):
    code = "photo_is_archive"
    sentence = _("This file is an archive (such as a ZIP), not a photo. Open it and choose the photo itself.")


class PhotoIsDrawing(Refusal):
    code = "photo_is_drawing"
    sentence = _("This file is a drawing (SVG), not a photo. Save it as a JPEG or PNG and choose that.")


class PhotoTwofold(Refusal):
    code = "photo_twofold"
    sentence = _(
        "Something else is hidden in this file, so we do not take it. Send a picture of a screen that shows it."
    )


class PhotoTooManyPixels(Refusal):
    code = "photo_too_many_pixels"
    sentence = _("This photo has more than 50 million pixels. Save it smaller and choose it again.")


class PhotoBroken(Refusal):
    code = "photo_broken"
    sentence = _("We could not read this photo: the file is damaged. Choose it again, or choose another.")


class PhotosBusy(Refusal):
    code = "photos_busy"
    sentence = _("Many photos come in at this moment. Your text is still here. Choose the photo again in a minute.")
