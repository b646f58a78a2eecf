"""Units of measure: how they are written after (or before) a number, and what they are in terms of each other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from engine.citations.checking.languages import unit_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A value in it times ``factor`` plus ``offset`` is the value in the dimension's own unit."""

    dimension: str
    factor: Decimal
    offset: Decimal = Decimal(0)
    is_binary_too: bool = False
    """Whether some mean powers of 1,024 by it: kB, MB, GB."""
    loosely: Unit | None = None
    """What it may be as well: four tonnes a day are four tonnes in a day."""


# Factors: the SI brochure and the international yard and pound; a row is dimension, then name=factor=symbols.
_TABLE = """
length meter=1=m nanometer=1e-9=nm micrometer=1e-6=µm,μm,um millimeter=1e-3=mm centimeter=1e-2=cm decimeter=1e-1=dm
length kilometer=1e3=km,км inch=0.0254= foot=0.3048=ft yard=0.9144=yd mile=1609.344=mi nautical-mile=1852=nmi
length light-year=9460730472580800=ly astronomical-unit=149597870700=au parsec=30856775814913673= fathom=1.8288=
area square-meter=1=m²,m2,sqm,м² square-kilometer=1e6=km²,km2,км² square-centimeter=1e-4=cm²,cm2 hectare=1e4=ha
area acre=4046.8564224= square-mile=2589988.110336= square-foot=0.09290304=sqft square-yard=0.83612736=
volume liter=1=l,L,ℓ milliliter=1e-3=ml,mL centiliter=1e-2=cl deciliter=1e-1=dl hectoliter=100=hl cubic-meter=1000=m³,m3
volume cubic-centimeter=1e-3=cm³,cm3,cc cubic-kilometer=1e12=km³,km3 gallon=3.785411784=gal gallon-imperial=4.54609=
volume barrel=158.987294928=bbl pint=0.473176473=
mass gram=1=g,г milligram=1e-3=mg microgram=1e-6=µg,μg kilogram=1e3=kg,кг tonne=1e6=t ton=907184.74=
mass pound=453.59237=lb,lbs
mass ounce=28.349523125=oz stone=6350.29318= carat=0.2=ct
time second=1=s,sec,secs,с millisecond=1e-3=ms microsecond=1e-6=µs,μs,us nanosecond=1e-9=ns minute=60=min,mins,мин
time hour=3600=h,hr,hrs,ч day=86400= week=604800=
calendar month=1= quarter=3= year=12=yr,yrs decade=120= century=1200=
temperature celsius=1=°C,℃ kelvin=1=K fahrenheit=1=°F,℉
power watt=1=W milliwatt=1e-3=mW kilowatt=1e3=kW megawatt=1e6=MW gigawatt=1e9=GW horsepower=745.69987158227=hp
energy joule=1=J kilojoule=1e3=kJ calorie=4.184=cal kilocalorie=4184=kcal foodcalorie=4184= kilowatt-hour=3.6e6=kWh
energy electronvolt=1.602176634e-19=eV british-thermal-unit=1055.05585262=BTU
frequency hertz=1=Hz kilohertz=1e3=kHz megahertz=1e6=MHz gigahertz=1e9=GHz
pressure pascal=1=Pa hectopascal=100=hPa kilopascal=1e3=kPa megapascal=1e6=MPa bar=1e5=bar millibar=100=mbar
pressure atmosphere=101325=atm pound-force-per-square-inch=6894.757293168=psi millimeter-ofhg=133.322387415=mmHg
electric volt=1=V
current ampere=1=A milliampere=1e-3=mA
resistance ohm=1=Ω
light lumen=1=lm
speed meter-per-second=1=m/s kilometer-per-hour=0.2777777777777777777777777778=km/h,kph,kmh,км/ч
speed mile-per-hour=0.44704=mph
speed knot=0.5144444444444444444444444444=kn,kt
share percent=0.01=%,٪,％,pct permille=0.001=‰
points percentage-point=1=
image pixel=1=px megapixel=1e6=MP
angle degree=1=° arc-minute=0.0166666666666666666666666667=′ arc-second=0.0002777777777777777777777778=″
digital byte=1=B,Byte kilobyte=1e3=kB,KB,Kb megabyte=1e6=MB,Mb gigabyte=1e9=GB,Gb terabyte=1e12=TB petabyte=1e15=PB
digital kibibyte=1024=KiB mebibyte=1048576=MiB gibibyte=1073741824=GiB tebibyte=1099511627776=TiB
digital kbyte=1e3=kbyte,kbytes,Kbyte,Kbytes,KByte,KBytes mbyte=1e6=Mbyte,Mbytes,MByte,MBytes
bits bit=1=bit,bits kilobit=1e3=kbit,Kbit megabit=1e6=Mbit gigabit=1e9=Gbit terabit=1e12=Tbit
bitrate bps=1=bps kbps=1e3=kbps mbps=1e6=Mbps gbps=1e9=Gbps
"""
_MORE_WORDS = {
    "kilometer": "kilometre kilometres kms км",
    "meter": "metre metres",
    "centimeter": "centimetre centimetres",
    "millimeter": "millimetre millimetres",
    "micrometer": "micron microns",
    "square-kilometer": "sq_km",
    "square-mile": "sq_mi",
    "square-foot": "sq_ft",
    "liter": "litre litres",
    "milliliter": "millilitre millilitres",
    "tonne": "tonnes metric_tons metric_ton",
    "kilogram": "kilo kilos",
    "minute": "мин minuten",
    "hour": "std stunden hrs",
    "year": "ano anos an ans jahre jahren yo",
    "month": "monaten mois",
    "day": "tage tagen jours",
    "decade": "decades jahrzehnte jahrzehnten décennies",
    "percent": "percent per_cent prozent procent por_ciento pour_cent %",
    "percentage-point": "percentage_point percentage_points prozentpunkt prozentpunkte prozentpunkten",
    "celsius": "degrees_celsius degree_celsius degrees_centigrade grad",
    "fahrenheit": "degrees_fahrenheit degree_fahrenheit",
    "kibibyte": "kibibyte kibibytes",
    "mebibyte": "mebibyte mebibytes",
    "gibibyte": "gibibyte gibibytes",
    "tebibyte": "tebibyte tebibytes",
    "byte": "octets",
    "horsepower": "ps cv",
    "bps": "bits_per_second",
}
_CURRENCIES = {
    "USD": "$ US$ USD dollar dollars US_dollars US_dollar U.S._dollars",
    "EUR": "€ EUR euro euros",
    "GBP": "£ GBP pound_sterling pounds_sterling",
    "JPY": "¥ JPY yen 円 JP¥",
    "CNY": "CNY RMB yuan 元",
    "INR": "₹ INR rupee rupees Rs",
    "CHF": "CHF Swiss_francs Franken Fr.",
    "RUB": "₽ RUB rouble roubles ruble rubles рублей рубля",
    "KRW": "₩ KRW won",
    "CAD": "C$ CAD",
    "AUD": "A$ AUD",
    "cent": "¢ cents",
}
_PER_TIME = ("a", "an")
"""Before a time these are what “per” is: 24 kilometres an hour."""
_PER = ("/", "per", "pro", "par", "por", "je", *_PER_TIME)
_NEXT_WORDS = re.compile(
    r"[ \u00a0\u202f\u2009-]?(?P<words>(?:[^\W\d_]|[%°‰$€£¥₹₽₩¢²³′″ℓ℃℉٪％/.]|(?<=[mM])[23](?!\d))+)"
)
_PIECE = re.compile(r"[^\s/]+|/")
_MOST_WORDS = 5
_SHOWN = 60
"""Characters after a number in which its unit stands."""


def convert(value: Decimal, unit: Unit, *, to: Unit) -> tuple[Decimal, ...]:
    """Return a value in another unit of the same dimension: two readings where some count in powers of 1,024."""
    plain = (value * unit.factor + unit.offset - to.offset) / to.factor
    if unit.is_binary_too == to.is_binary_too or (unit.factor != 1 and to.factor != 1):
        return (plain,)
    ratio = _binary(unit) / _binary(to)
    return (plain, value * ratio)


def _binary(unit: Unit) -> Decimal:
    power = (len(str(int(unit.factor))) - 1) // 3
    return Decimal(1024) ** power if unit.is_binary_too else unit.factor


@lru_cache(maxsize=1)
def _symbols() -> tuple[Mapping[str, Unit], Mapping[str, Unit]]:
    """Units by symbols, where case counts, and by case-folded words."""
    symbols: dict[str, Unit] = {}
    by_name: dict[str, Unit] = {}
    for row in _TABLE.split("\n"):
        dimension, *entries = row.split() or [""]
        for entry in entries:
            name, factor, written = entry.split("=")
            unit = Unit(
                dimension=dimension,
                factor=Decimal(factor),
                offset=_offset(name),
                is_binary_too=dimension == "digital" and Decimal(factor) > 1 and Decimal(factor) % 1000 == 0,
            )
            if name == "fahrenheit":
                unit = Unit(dimension=dimension, factor=Decimal(5) / 9, offset=_offset(name))
            by_name[name] = unit
            symbols.update((symbol, unit) for symbol in written.split(",") if symbol)
    words: dict[str, Unit] = {}
    words.update((word, by_name[name]) for word, name in unit_words(by_name.keys()).items())
    for name, more in _MORE_WORDS.items():
        words.update((word.replace("_", " "), by_name[name]) for word in more.split())
    for code, written in _CURRENCIES.items():
        unit = Unit(dimension=f"money {code}", factor=Decimal(1))
        for word in written.split():
            symbols[word.replace("_", " ")] = unit
            if len(word) > 3:
                words[word.replace("_", " ").casefold()] = unit
    return symbols, words


def _offset(name: str) -> Decimal:
    offsets = {"celsius": Decimal("273.15"), "fahrenheit": Decimal("459.67") * 5 / 9}
    return offsets.get(name, Decimal(0))


def unit_after(text: str, position: int) -> tuple[Unit | None, int]:
    """Return the unit that stands at a place of a text, right after a number, and where it ends."""
    end = position
    pieces: list[tuple[str, int]] = []
    window = text[position : position + _SHOWN]
    at = 0
    while len(pieces) < _MOST_WORDS:
        match = _NEXT_WORDS.match(window, at)
        if match is None:
            break
        for piece in _PIECE.finditer(match["words"]):
            pieces.append((piece[0], position + match.start("words") + piece.end()))
        at = match.end()
    unit, used = _longest(pieces)
    if unit is None:
        return None, position
    end = pieces[used - 1][1]
    if used + 1 < len(pieces) and pieces[used][0].casefold() in _PER:
        below, more = _longest(pieces[used + 1 :])
        is_time = below is not None and below.dimension in ("time", "calendar")
        if below is not None and (is_time or pieces[used][0].casefold() not in _PER_TIME):
            dimension = f"{unit.dimension}/{below.dimension}"
            dimension = {"length/time": "speed", "bits/time": "bitrate"}.get(dimension, dimension)
            loosely = unit if pieces[used][0].casefold() in _PER_TIME else None
            rate = Unit(dimension=dimension, factor=unit.factor / below.factor, loosely=loosely)
            return rate, pieces[used + more][1]
    return unit, end


def unit_before(text: str, position: int) -> tuple[Unit | None, int]:
    """Return the currency that stands right before a number, and where it begins."""
    symbols, _ = _symbols()
    before = text[max(0, position - 5) : position].rstrip(" \u00a0\u202f")
    for length in (3, 2, 1):
        sign = before[-length:]
        unit = symbols.get(sign) if len(sign) == length else None
        is_word = sign[:1].isalpha() and before[-length - 1 : -length].isalpha()
        if unit is not None and unit.dimension.startswith("money") and not is_word and not sign.islower():
            return unit, position - (len(text[max(0, position - 5) : position]) - len(before)) - length
    return None, position


def _longest(pieces: list[tuple[str, int]]) -> tuple[Unit | None, int]:
    symbols, words = _symbols()
    for length in range(min(_MOST_WORDS, len(pieces)), 0, -1):
        raw = [piece for piece, _ in pieces[:length]]
        said = " ".join(raw).replace(" / ", "/")
        for form in (said, said.rstrip(".")):
            if unit := symbols.get(form) or words.get(form.casefold()):
                return unit, length
    return None, 0
