"""Whether a page shows something else than was asked for: a challenge, a login, a shell without text, a missing page.

Careful by intention: a page with a fair amount of text is never taken for an obstacle because of its words, so a text
about captchas is a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from engine.domain import Obstacle
from engine.reading.extract.draft import one_line

_SHORT = 500
_BRIEF = 1_500
_SHELL = 250

_CHALLENGE_WIDGETS = re.compile(
    r"challenges\.cloudflare\.com|/cdn-cgi/challenge-platform|cf-turnstile|cf-challenge|cf_chl|g-recaptcha|h-captcha"
    r"|px-captcha|captcha-delivery|_incapsula_resource|datadome|awswaf|ddos-guard|sec-if-cpt|geetest"
    r"|friendly-?captcha"
    r"|arkoselabs|anubis_challenge|/\.within\.website/",
    re.I,
)
_CHALLENGE_WORDS = re.compile(
    r"just a moment|attention required|are you (?:a )?(?:robot|human)|verify(?:ing)? (?:that )?you(?:'re"
    r"| are) (?:a )?"
    r"(?:not a robot|human)|i'?m not a robot|security check|checking (?:if the site connection|your browser)"
    r"|unusual (?:traffic|activity)|pardon our interruption|prove (?:that )?you(?:'re| are) (?:a )?human|robot check"
    r"|access (?:to this page has been )?denied|bot (?:verification|detection)|ddos protection|complete the captcha"
    r"|enter the characters you see|solve (?:the|this) captcha|making sure you'?re not a bot"
    r"|sind sie ein (?:roboter|mensch)|kein roboter|sicherheitsüberprüfung|ungewöhnliche(?:n)? (?:datenverkehr"
    r"|aktivität)"
    r"|vous n'êtes pas un robot|vérification de sécurité|no (?:eres|soy) un robot|verifica(?:ción|r) de seguridad",
    re.I,
)
_NEEDS_PROGRAM = re.compile(
    r"(?:enable|turn on|activate|requires?|need|without) (?:to )?(?:run |enable |use )?java ?script"
    r"|javascript (?:is|must be|has to be) "
    r"(?:disabled|enabled|required|turned|not)|java ?script (?:aktivieren|ist deaktiviert|wird benötigt)"
    r"|activ(?:er|ez|ar|e) java ?script|(?:old|unsupported|outdated) browser|browser (?:is )?not supported",
    re.I,
)
_LOGIN_WORDS = re.compile(
    r"^\W*(?:please )?(?:sign|log) ?[io]n\b|\b(?:sign|log) ?in (?:to (?:continue|view|read|access|your)"
    r"|required)|you (?:must|need to|have to) "
    r"(?:be logged in|log in|sign in)|members only|login required|authentication required|^\W*(?:anmelden"
    r"|einloggen|anmeldung)\b"
    r"|bitte (?:melden sie sich an|anmelden|einloggen)|connectez-vous|se connecter pour"
    r"|inicia(?:r)? sesión (?:para|en)",
    re.I,
)
_PAY_WORDS = re.compile(
    r"subscribe to (?:continue|keep|read|unlock)|subscri(?:bers|ption)[ -](?:only|required|exclusive)"
    r"|(?:exclusive|only available) (?:for|to) "
    r"subscribers|to (?:continue|keep) reading|(?:article|content|story) is (?:only )?(?:for|available to"
    r"|reserved for) "
    r"(?:\w+ )?(?:subscribers|members)|already a subscriber|unlock (?:this|the full) (?:article|story)"
    r"|you(?:'ve| have) reached your (?:limit|free)|purchase (?:access|this article|pdf)|get access to the full"
    r"|weiterlesen mit|nur für abonnenten|jetzt (?:abonnieren|weiterlesen)|réservé aux abonnés"
    r"|solo para suscriptores",
    re.I,
)
_CONSENT_WORDS = re.compile(
    r"before you continue|we (?:value|care about) your privacy|(?:accept|agree to|manage"
    r"|use of) (?:all )?cookies|cookie (?:consent|settings|preferences)"
    r"|consent to|your privacy choices|accept all|bevor sie (?:fortfahren|zu)|alle (?:cookies )?akzeptieren"
    r"|zustimmen und weiter"
    r"|tout accepter|accepter et continuer|aceptar (?:todo|y continuar)",
    re.I,
)
_MISSING_WORDS = re.compile(
    r"(?:page|article|document|file|content|url|site|story|profile|product|item)[^.!?]{0,40}(?:not found"
    r"|(?:can(?:no|')t|could ?n(?:o|')t) be found|does(?:n't| not) exist"
    r"|no longer (?:exists|available)|(?:has been|was) (?:removed|deleted|moved))|\b404\b|not found"
    r"|nothing (?:was )?found here"
    r"|seite (?:wurde )?nicht gefunden|nicht mehr verfügbar|page (?:introuvable|non trouvée)|página no encontrada"
    r"|pagina non trovata|页面不存在|ページが見つかりません",
    re.I,
)
_SHELL_IDS = frozenset({"root", "app", "__next", "__nuxt", "___gatsby", "svelte", "app-root", "main-app", "react-root"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page looks like before anything is taken out of it, as far as obstacles show there."""

    has_widget: bool
    has_password: bool
    text_fields: int
    scripts: int
    has_shell: bool
    without_program: str
    """What the page says to browsers that do not run programs."""


def shown_by(root: Any) -> Shown:
    """Return the traces of obstacles in a page."""
    has_widget = has_password = has_shell = False
    text_fields = scripts = 0
    without: list[str] = []
    for element in root.iter("script", "iframe", "div", "form", "input", "textarea", "noscript", "app-root"):
        tag = element.tag
        if tag == "input":
            kind = (element.get("type") or "text").lower()
            has_password = has_password or kind == "password"
            text_fields += kind in ("text", "email", "search", "tel", "url", "number")
        elif tag == "textarea":
            text_fields += "captcha" not in (element.get("name") or "").lower()
        elif tag == "noscript":
            without.extend(text for text in element.itertext() if text.strip())
        elif tag in ("div", "app-root"):
            label = element.get("id") or ""
            has_shell = has_shell or tag == "app-root" or label in _SHELL_IDS
            has_widget = has_widget or bool(_CHALLENGE_WIDGETS.search(f"{element.get('class') or ''} {label}"[:500]))
        else:
            scripts += tag == "script"
            place = f"{element.get('src') or ''} {element.get('action') or ''} {element.get('id') or ''}"[:1_000]
            has_widget = has_widget or bool(_CHALLENGE_WIDGETS.search(place))
            if tag == "script" and not has_widget and element.text:
                has_widget = "_cf_chl_opt" in element.text[:5_000] or "captcha-delivery" in element.text[:5_000]
    return Shown(
        has_widget=has_widget,
        has_password=has_password,
        text_fields=text_fields,
        scripts=scripts,
        has_shell=has_shell,
        without_program=one_line(" ".join(without))[:4_000],
    )


def obstacle_in(shown: Shown, *, title: str, text: str, prose: str, is_free: bool) -> tuple[Obstacle, str] | None:
    """Return what keeps a page from being read, and that in words; None if nothing does.

    Args:
        shown: see ``shown_by``.
        title: of the page.
        text: everything that people see on it.
        prose: the part of it that is not navigation.
        is_free: whether the page says nothing of payment in its data.
    """
    length = len(prose)
    said = f"{title}\n{text[:_BRIEF]}"
    asks_person = shown.text_fields == 0 or length < 100
    if len(text) < _BRIEF and shown.has_widget and asks_person and (length < _SHORT or _CHALLENGE_WORDS.search(said)):
        return Obstacle.CAPTCHA, "The page wants proof that a person is there."
    if len(text) < _SHORT and _CHALLENGE_WORDS.search(said) and (_CHALLENGE_WORDS.search(title) or length < 250):
        return Obstacle.CAPTCHA, "The page takes us for a robot, or wants proof that a person is there."
    if len(text) < _SHORT and _MISSING_WORDS.search(title or text[:80]) and _MISSING_WORDS.search(said):
        return Obstacle.GONE, "The page says that there is no such page."
    if length < _SHORT and (shown.has_password or _LOGIN_WORDS.search(title)) and len(text) < _BRIEF:
        return Obstacle.LOGIN, "The page is shown to people who have signed in."
    if length < _SHELL and _LOGIN_WORDS.search(said) and len(text) < _SHORT:
        return Obstacle.LOGIN, "The page is shown to people who have signed in."
    if length < _SHELL and _NEEDS_PROGRAM.search(f"{text[:_BRIEF]} {shown.without_program}"):
        return Obstacle.JAVASCRIPT, "There is no text in the page before its program has run in a browser."
    if length < 100 and len(text) < _SHELL and shown.scripts and shown.has_shell:
        return Obstacle.JAVASCRIPT, "There is no text in the page before its program has run in a browser."
    if (not is_free and length < _BRIEF) or (length < _BRIEF and _PAY_WORDS.search(prose[-600:])):
        return Obstacle.LOGIN, "Only the beginning of the page is shown to people who have not paid."
    others = sum(len(line) for line in prose.split("\n") if not _CONSENT_WORDS.search(line))
    if len(text) < _BRIEF and others < _SHELL and len(_CONSENT_WORDS.findall(said)) >= 2:
        return Obstacle.EMPTY, "The page asks for consent before it shows its text."
    return None
