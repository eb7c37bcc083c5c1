"""Every sentence that a telephone hears, by its prompt, in each language. Names, numbers and money come between them.

Rows of pieces are made in `flows.call_terms` and `sip.call`; `refused.<code>` stands for each code of `telephony.rules`
and `telephony.dialling`, and for each reason why a call does not come about. Short, plain, no blame.
"""

from collections.abc import Mapping
from types import MappingProxyType

Texts = Mapping[str, tuple[str, str]]  # English, Spanish

_MENU: Texts = {
    "ask.language.en": ("For English, press one.", "For English, press one."),
    "ask.language.es": ("Para español, oprima el dos.", "Para español, oprima el dos."),
    "ask.id": (
        "Enter your ID number, then the pound key. For a free help line, press star.",
        "Marque su número de identificación y la tecla numeral. Para una línea de ayuda gratuita, oprima asterisco.",
    ),
    "ask.pin": ("Enter your PIN, then the pound key.", "Marque su clave y la tecla numeral."),
    "ask.number": (
        "Enter the number you want to call, with area code, then the pound key.",
        "Marque el número al que quiere llamar, con código de área, y la tecla numeral.",
    ),
    "ask.rename": (
        "To say your name again, press star, then the pound key.",
        "Para volver a decir su nombre, oprima asterisco y la tecla numeral.",
    ),
    "name.ask": (
        "Say your name after the tone, then press the pound key.",
        "Diga su nombre después del tono y oprima la tecla numeral.",
    ),
    "name.nothing": ("Nothing was heard.", "No se oyó nada."),
    "name.is": ("The people you call will hear:", "Las personas a las que llame oirán:"),
    "name.keys": (
        "To keep it, press one. To say it again, press two.",
        "Para guardarlo, oprima el uno. Para decirlo otra vez, oprima el dos.",
    ),
    "offer.number": (
        "That number is not on your list. To ask for it, press one.",
        "Ese número no está en su lista. Para pedirlo, oprima el uno.",
    ),
    "asked.done": (
        "You have asked for this number. The answer will be at the kiosk.",
        "Usted pidió este número. La respuesta estará en el quiosco.",
    ),
    "asked.already": (
        "You asked for this number before. See the answer at the kiosk.",
        "Ya había pedido este número. Vea la respuesta en el quiosco.",
    ),
    "asked.full": (
        "Your list of numbers is full. Take one off at the kiosk first.",
        "Su lista de números está llena. Primero quite uno en el quiosco.",
    ),
    "asked.enough": (
        "You have asked for many numbers today. Try again tomorrow.",
        "Hoy ya pidió muchos números. Intente mañana.",
    ),
    "asked.not_possible": ("That number cannot be asked for.", "Ese número no se puede pedir."),
    "asked.try_later": (
        "The system does not answer. Please ask again later.",
        "El sistema no responde. Pídalo más tarde.",
    ),
    "wrong_key": ("That key does nothing here.", "Esa tecla no sirve aquí."),
    "one_minute_left": ("One minute left.", "Queda un minuto."),
    "number_blocked": (
        "This number is blocked. You will get no more of these calls. Goodbye.",
        "Este número quedó bloqueado. No recibirá más llamadas como esta. Adiós.",
    ),
}
_CALL: Texts = {
    "call.hello": ("Hello. This is", "Hola. Esta es una llamada de"),
    "call.prepaid_collect": (
        "with a prepaid call, paid with the money on this number, from",
        "prepagada con el saldo de este número, que le hace",
    ),
    "call.pin_debit": ("with a debit call, paid by the caller, from", "de débito, pagada por quien llama, que le hace"),
    "call.allowance": ("with a call, paid by the agency, from", "pagada por la agencia, que le hace"),
    "call.courtesy": ("with one free call, from", "gratuita por esta vez, que le hace"),
    "call.free": ("with a free call, from", "gratuita, que le hace"),
    "call.at": (", an incarcerated person at", ", una persona detenida en"),  # behind a name
    "call.somebody_at": ("an incarcerated person at", "una persona detenida en"),
    "call.recorded": (
        "This call will be recorded, and may be monitored.",
        "Esta llamada será grabada y puede ser escuchada.",
    ),
    "call.private": (
        "This call is private. It is not recorded or monitored.",
        "Esta llamada es privada. No se graba ni se escucha.",
    ),
    "accept.keys": ("To accept, press", "Para aceptar, oprima"),
    "price.keys": ("To hear the price, press", "Para oír el precio, oprima"),
    "refuse.keys": ("To refuse, press", "Para rechazar, oprima"),
    "block.keys": (
        "To block all such calls to this number, press",
        "Para bloquear todas estas llamadas a este número, oprima",
    ),
    "price.a_minute": ("This call costs", "Esta llamada cuesta"),
    "price.longest": ("a minute. The longest it can last,", "por minuto. Lo más que puede durar,"),
    "price.minutes": ("minutes, costs", "minutos, cuesta"),
    "price.nothing_else": ("There are no other fees.", "No hay otros cargos."),
    "price.free": ("This call costs nothing.", "Esta llamada no cuesta nada."),
    "price.agency": (
        "The agency pays for this call. It costs you nothing.",
        "La agencia paga esta llamada. A usted no le cuesta nada.",
    ),
    "price.complaints": (
        "Complaints go to the facility, or to the Federal Communications Commission, at f c c dot gov, slash, "
        "complaints.",
        "Las quejas se presentan en la institución, o ante la Comisión Federal de Comunicaciones, "
        "en efe ce ce punto gov, barra, complaints.",
    ),
    "parting.add_money": (
        "The free call is over. To talk again, add money to this number, on the web page or by mail. There is no fee.",
        "Terminó la llamada gratuita. Para volver a hablar, agregue dinero a este número, en la página web o por "
        "correo. No hay cargos.",
    ),
    "code.spoken": (
        "Somebody asked for a code to prove that this number is theirs. The code is",
        "Alguien pidió un código para probar que este número es suyo. El código es",
    ),
    "code.again": ("Once more. The code is", "Una vez más. El código es"),
}
_WHO: Texts = {
    "refused.not_offered": ("Calls are not offered here.", "Aquí no se ofrecen llamadas."),
    "refused.wrong_pin": (
        "That ID number or PIN is not right.",
        "Ese número de identificación o esa clave no es correcta.",
    ),
    "refused.pin_locked": (
        "Your PIN is locked after too many wrong tries. Ask staff to unlock it.",
        "Su clave está bloqueada por demasiados intentos. Pida al personal que la desbloquee.",
    ),
    "refused.not_in_custody": (
        "Our record does not show you in custody here. Please tell staff.",
        "Según nuestro registro, usted no está bajo custodia aquí. Avise al personal.",
    ),
    "refused.already_calling": (
        "Another call with this PIN is going on. Please wait until it ends.",
        "Hay otra llamada con esta clave. Espere a que termine.",
    ),
    "refused.suspended": (
        "Your calls are suspended. Please ask staff.",
        "Sus llamadas están suspendidas. Pregunte al personal.",
    ),
    "refused.restricted": (
        "You may not call at this time. Please ask staff.",
        "Por ahora usted no puede llamar. Pregunte al personal.",
    ),
    "refused.unknown_station": (
        "This telephone is not set up. Please tell staff.",
        "Este teléfono no está activado. Avise al personal.",
    ),
}
_NUMBER: Texts = {
    "refused.nothing_dialled": ("No number was entered.", "No se marcó ningún número."),
    "refused.no_number": ("That is not a telephone number.", "Ese no es un número de teléfono."),
    "refused.no_such_number": ("Nobody has that number.", "Ese número no existe."),
    "refused.emergency_number": (
        "Emergency numbers cannot be called from here. In an emergency, tell an officer at once.",
        "Desde aquí no se puede llamar a emergencias. En una emergencia, avise de inmediato a un oficial.",
    ),
    "refused.service_number": ("Service numbers cannot be called.", "No se puede llamar a números de servicio."),
    "refused.directory_number": (
        "Directory assistance cannot be called.",
        "No se puede llamar al servicio de directorio.",
    ),
    "refused.premium_number": (
        "That number charges extra, and cannot be called.",
        "Ese número cobra un recargo, y no se puede llamar.",
    ),
    "refused.toll_free_number": ("Toll free numbers cannot be called.", "No se puede llamar a números gratuitos."),
    "refused.personal_number": (
        "That number leads on to others, and cannot be called.",
        "Ese número lleva a otros, y no se puede llamar.",
    ),
    "refused.dial_around": (
        "Codes of other telephone companies cannot be used.",
        "No se pueden usar códigos de otras compañías.",
    ),
    "refused.place_not_allowed": (
        "Calls to that part of the world are not allowed here.",
        "Desde aquí no se permiten llamadas a esa parte del mundo.",
    ),
    "refused.blocked_number": ("The facility has blocked that number.", "La institución bloqueó ese número."),
    "refused.blocked_by_called_party": (
        "That number does not take calls from here.",
        "Ese número no acepta llamadas de aquí.",
    ),
    "refused.not_on_list": (
        "That number is not on your list. You can ask for it at the kiosk.",
        "Ese número no está en su lista. Puede pedirlo en el quiosco.",
    ),
}
_TIME: Texts = {
    "refused.lockdown": (
        "The telephones are closed by a lockdown.",
        "Los teléfonos están cerrados por una medida de seguridad.",
    ),
    "refused.blackout": ("The telephones are closed for now.", "Los teléfonos están cerrados por ahora."),
    "refused.closed_hours": ("Calls are not allowed at this hour.", "A esta hora no se permiten llamadas."),
    "refused.too_soon": (
        "Your last call ended a short time ago. Please wait before the next.",
        "Su última llamada terminó hace poco. Espere antes de la siguiente.",
    ),
    "refused.quota_used": (
        "You have used all the calls or minutes that are allowed for now.",
        "Ya usó todas las llamadas o los minutos permitidos por ahora.",
    ),
}
_MONEY: Texts = {
    "refused.money_in_use": (
        "The money is in use by another call. Please try again when it has ended.",
        "El dinero está en uso por otra llamada. Intente otra vez cuando termine.",
    ),
    "refused.no_money": (
        "There is not enough money for one minute.",
        "No hay suficiente dinero para un minuto.",
    ),
    "refused.no_rate": (
        "There is no price for that number yet, so it cannot be called.",
        "Ese número aún no tiene precio, y por eso no se puede llamar.",
    ),
}
_ENDS: Texts = {
    "refused.nobody_keyed": ("Nothing was entered. Goodbye.", "No se marcó nada. Adiós."),
    "refused.try_later": (
        "The system does not answer. Please try again later.",
        "El sistema no responde. Intente más tarde.",
    ),
    "refused.switch_failed": (
        "Something went wrong here. Please try again later.",
        "Algo falló aquí. Intente más tarde.",
    ),
    "refused.busy": ("The line is busy.", "La línea está ocupada."),
    "refused.no_answer": ("Nobody answered.", "Nadie contestó."),
    "refused.not_accepted": (
        "The call was answered, but not accepted. It cost nothing.",
        "Contestaron la llamada, pero no la aceptaron. No costó nada.",
    ),
    "refused.called_hung_up": (
        "They hung up before accepting. The call cost nothing.",
        "Colgaron antes de aceptar. La llamada no costó nada.",
    ),
    "refused.refused_by_called_party": ("They refused the call.", "Rechazaron la llamada."),
    "refused.refused_by_carrier": (
        "The telephone company stopped the call.",
        "La compañía telefónica detuvo la llamada.",
    ),
    "refused.contact_blocked": ("That number cannot be reached now.", "No se puede comunicar con ese número ahora."),
    "refused.unreachable": ("That number cannot be reached now.", "No se puede comunicar con ese número ahora."),
    "refused.redirected": (
        "That number is forwarded to another, so the call was stopped.",
        "Ese número desvía a otro, y por eso se detuvo la llamada.",
    ),
    "refused.media_lost": (
        "The sound was lost. Please try again.",
        "Se perdió el sonido. Intente otra vez.",
    ),
}
# Parts from which numbers and money are joined where no engine can speak.
_PARTS: Texts = {
    **{f"part.{n}": words for n, words in enumerate(zip(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
        ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"],
        strict=True,
    ))},
    "part.point": ("point", "punto"),
    "part.dollars": ("dollars", "dólares"),
    "part.somebody": ("a name that cannot be spoken now", "un nombre que ahora no se puede decir"),
    "part.star": ("star", "asterisco"),
    "part.pound": ("pound", "numeral"),
    "part.unknown": (
        "There was an error. Please try again later.",
        "Hubo un error. Intente más tarde.",
    ),
}  # fmt: skip
TEXTS: Texts = MappingProxyType({**_MENU, **_CALL, **_WHO, **_NUMBER, **_TIME, **_MONEY, **_ENDS, **_PARTS})
LANGUAGES = ("en", "es")


def text(prompt: str, language: str) -> str:
    """raises KeyError for a prompt that does not exist; a language that does not is English."""
    return TEXTS[prompt][LANGUAGES.index(language) if language in LANGUAGES else 0]
