"""What the words of a mail server say about an address: dead, blocked, full or late.

Pure. Of an enhanced status (RFC 3463) alone nobody can tell: servers say 5.1.1 for a full mailbox
and 5.7.1 for a person who has left. So the words come first, and what is said about the letter, its
sender or the moment before what is said about the address. An address is dead only when a server
says so, and says so when it is asked for the address: some filters answer a letter they do not
like, once they have it, with "user unknown". The phrases are those of servers in use.
"""

import re

DEAD, BLOCKED, SOFT, DELAYED = "dead", "blocked", "soft", "delayed"


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


_FULL = _any(
    r"(mailbox|inbox|folder)\b.{0,20}\bfull\b|\bfull mailbox|\bis full\b",
    r"(over|exceed\w*|out of|beyond)\b.{0,40}\b(quota|storage)",
    r"quota\b.{0,40}\b(exceed|full|violat|over)|disk quota",
    r"(insufficient|not enough|no) (disk |storage |free )?(space|storage)|mailbox (size|storage)",
)
_WAITS = _any(r"warning message only|will be retried|only a temporary failure")
# A break on the way, or a fault of the machine there: nothing is said about the address.
_FAULT = _any(
    r"connection reset|remote protocol error|not found, try again|try again later",
    r"too many|rate limit",
    r"host not reachable|couldn'?t create",
    r"account is (disabled|suspended)|(disabled|suspended) account",
)
# What is said about us, our letter or our network, whatever else is said.
_ABOUT_US = _any(
    r"\bspam|black ?list|block ?list|\brbl\b|dnsbl|reputation",
    r"\bspf\b|\bdkim\b|\bdmarc\b|unauthenticated|authentication (check|required)",
    r"\bvirus|malware|infected|content (rejected|filter)",
    r"reverse (dns|lookup|mapping)|\bptr\b|rdns|invalid ip for sending",
    r"relay(ing)?( access)?\b.{0,20}\b(denied|prohibited|not (allowed|permitted))"
    r"|(unable|not (allowed|permitted)) to relay",
    r"(after|in reply to|during|response to) (the )?(mail from|mail command|helo|ehlo)",
    r">>> (mail from|helo|ehlo)\b.{0,10}\s*<<< 5",
    r"my name was rejected|domain of sender|sender (address )?(rejected|denied|verif)",
    r"(?<!rejected: )access denied|recipient preferences",
)
# The answer to a letter and not to an address; servers that filter so say "unknown" of anybody.
_AT_THE_END = _any(
    r"(after|in reply to|during) (the )?(end of )?data\b",
    r">>> data\b.{0,10}\s*<<< 5",
    r"550[ -]?:{0,2} ?: user unknown",
)
_OF_ANYBODY = _any(r"550[ -]'?unknown user \S+@")
_AT_THE_ADDRESS = _any(
    r"(reply to|after|our) rcpt\b|rcpt to response|>>> rcpt to|\[rcpt",
    r"does not like recipient|bad-mailbox",
)
_GONE = _any(
    # The person: no such user, mailbox, address, account.
    r"\b(user|mailbox|recipient|address|account|addressee|alias|inbox)('?s)?( name)?\b.{0,60}"
    r"\b(unknown|not (be )?(found|known|exist|listed|recognized)|(does|do|did|may)(n'?t| not) exist"
    r"|no longer|invalid|non-?exist\w*|undeliverable|couldn'?t be found)",
    r"\b(no such|unknown|invalid|non-?existent|bad|not a (valid|known)|no (valid )?)\s*"
    r"(local |destination |mail |e-?mail )?"
    r"(user|mailbox|recipient|address|account|person|addressee|alias)",
    r"(does|do)(n't| not) have an? .{0,60}account|not our (user|customer)",
    r"(isn't|is not|not) (an? )?(known|valid|listed|local) (user|recipient|mailbox|address)",
    r"(not|isn't) listed in|unrouteable address|invalid final delivery userid",
    r"\baddress rejected\.?(\s*$| \S+@)|\d\d\d \S+@\S+ rejected",
    r"and other recipients in the same domain",
    # What Microsoft answers for an address that is in no directory.
    r"recipient address rejected: access denied",
    # Domino and Notes, in the language they are used in.
    r"ディレクトリ.{0,12}(見つかりません|ありません)",
    # The host: no such domain, or none that takes mail.
    r"\bdomain is not reachable",
    r"\b(host|domain)( or domain)?( name)?\b.{0,60}"
    r"\b(unknown|not (be )?found|(does|may)(n'?t| not) exist|nonexistent)",
    r"(unknown|no such|illegal|invalid) (host|domain)|host/domain",
    r"nxdomain|null ?mx|no smtp service|does(n't| not) accept mail|not accepting network messages",
    r"(no|find a) (mx|mail exchanger)",
    # Moved for good.
    r"(has|have) (moved|changed)|mailbox (was |has been )?(moved|removed|deleted)",
)
_SURELY = _any(
    r"\b553 [a-z0-9-]+(\.[a-z0-9-]+)+ does not exist",
    r"domain may not exist",
    r"delivery error: dd this user|host unknown \(authoritative",
)
_BLOCKED = _any(r"\b(ban|block)(ned|ed)\b|\bpolic(y|ies)\b|not authori[sz]ed|permission|reject")
_UNAVAILABLE = _any(r"mailbox unavailable")
_DEAD_STATUS = re.compile(r"5\.1\.(1|2|3|6|10)$")
_FULL_STATUS = re.compile(r"[45]\.2\.2$")
STATUS = re.compile(r"5\.1\.(1|2|3|6|10)$")
_FULL_STATUS = re.compile(r"[45]\.2\.2$")
STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")


def verdict(action: str, status: str, said: str, notice: str = "") -> str:
    """DEAD, BLOCKED, SOFT or DELAYED, of what a server did, its status, its answer, and the notice
    that came with it."""
    said, notice = " ".join(said.split()), " ".join(notice.split())
    both = f"{said} / {notice}"
    if action == "delayed" or _WAITS.search(notice):
        return DELAYED
    if _SURELY.search(both):
        return DEAD
    if _is_passing(status, said, notice):
        return SOFT
    of_address = _DEAD_STATUS.match(status) is not None
    if _ABOUT_US.search(said) or _ABOUT_US.search(notice) or _is_filtered(status, both, of_address):
        return BLOCKED
    if _GONE.search(said) or (_GONE.search(notice) and not _BLOCKED.search(said)) or of_address:
        return DEAD
    if said and _UNAVAILABLE.search(said):
        return DEAD
    return BLOCKED if status.startswith("5.7.") or _BLOCKED.search(both) else SOFT


def _is_passing(status: str, said: str, notice: str) -> bool:
    """Whether the mailbox is full, or something else is wrong that may be right tomorrow."""
    full = _FULL_STATUS.search(status) or _FULL.search(said) or _FULL.search(notice)
    late = status.startswith("4.") and not status.startswith("4.1.")
    return bool(full or late or _FAULT.search(said or notice))


def _is_filtered(status: str, both: str, of_address: bool) -> bool:
    """Whether "unknown" is the answer to a letter, or of a mailbox that is there."""
    if _AT_THE_END.search(both) and not (of_address or status == "5.5.0"):
        return True
    if _AT_THE_ADDRESS.search(both):
        return False
    of_anybody = status and not status.startswith("5.1.") and _OF_ANYBODY.search(both)
    return bool(of_anybody) or status.startswith("5.2.")
