"""Which numbers of the internet belong to the public; whatever is not known to be public is not.

``ipaddress.is_global`` is not asked: it calls 64:ff9b::7f00:1 (this computer, through NAT64) public, and differs from
one Python to the next. The ranges are IANA's special-purpose registries.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Number = IPv4Address | IPv6Address

_NOT_PUBLIC_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network; 0.0.0.0 is this computer on most systems
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by customers of a provider; some clouds keep their metadata there
        "127.0.0.0/8",  # this computer
        "168.63.129.16/32",  # the inside of a cloud, although it looks public
        "169.254.0.0/16",  # link-local; metadata of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments; metadata of a cloud
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_PUBLIC_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: holds any IPv4 number
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # 6bone, given back
        "3fff::/20",  # documentation
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = frozenset([0x00005EFE, 0x02005EFE])


def is_public(number: Number) -> bool:
    """Return whether a number belongs to the public internet.

    The well-known NAT64 prefix is public where the number inside is: networks without IPv4 reach everything so. All
    other forms that carry an IPv4 number (mapped, compatible, translated, 6to4, Teredo, ISATAP, local NAT64) never are.
    """
    if isinstance(number, IPv4Address):
        return not any(number in network for network in _NOT_PUBLIC_4)
    if number.scope_id is not None:
        return False
    if number in _NAT64:
        return is_public(IPv4Address(int(number) & 0xFFFFFFFF))
    if number not in _PUBLIC_6 or any(number in network for network in _NOT_PUBLIC_6):
        return False
    return (int(number) >> 32) & 0xFFFFFFFF not in _ISATAP


def number_of(text: str) -> Number | None:
    """Return the number that a text is, in its ordinary spelling; None for anything else."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def is_loopback(number: Number) -> bool:
    """Return whether a number stands for this computer, so that nothing that is sent there leaves it."""
    if isinstance(number, IPv6Address) and number.ipv4_mapped is not None:
        return number.ipv4_mapped.is_loopback
    return number.is_loopback
