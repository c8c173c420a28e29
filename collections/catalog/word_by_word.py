"""Two texts compared word by word: what went stands in <del>, what came in <ins>."""

import re
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# So many words stay on each side of a change; the rest of a long text is left out.
_AROUND = 8


def compared(before: str, after: str) -> SafeString:
    """Two texts as one: escaped, with <del> and <ins>, long equal stretches shortened."""
    old, new = words_of(before), words_of(after)
    runs = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    pieces: list[SafeString] = []
    for place, (kind, a, b, c, d) in enumerate(runs):
        if kind == "equal":
            same = _shortened(old[a:b], is_first=place == 0, is_last=place == len(runs) - 1)
            pieces.append(format_html("{}", same))
            continue
        pieces.append(_marked("del", "".join(old[a:b])))
        pieces.append(_marked("ins", "".join(new[c:d])))
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def words_of(text: str) -> list[str]:
    """Its words, each with the space that follows it, so that joined they are the text."""
    return re.findall(r"\S+\s*|\s+", text)


def _shortened(words: list[str], *, is_first: bool, is_last: bool) -> str:
    head = [] if is_first else words[:_AROUND]
    tail = [] if is_last else words[len(words) - _AROUND :]
    if len(words) <= len(head) + len(tail) + 1 or not (head or tail):
        return "".join(words)
    return "".join(head).rstrip() + (" … " if head else "… ") + "".join(tail)


def _marked(tag: str, text: str) -> SafeString:
    # Words that came follow words that went: without a space between they would be read as one.
    return (
        format_html("<{}>{}</{}> ", SafeString(tag), text.strip(), SafeString(tag))
        if (text.strip())
        else SafeString("")
    )
