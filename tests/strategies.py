"""Texts for hypothesis: any characters, and scraps that mean something to a parser."""

from hypothesis import strategies as st

texts = st.text(max_size=400)
_pieces = st.sampled_from(
    [
        *(
            "[spoiler]",
            "[spoiler: a]",
            "[/spoiler]",
            "`",
            "```\n",
            "*",
            "**",
            "_",
            "~~",
            "> ",
            "- ",
        ),
        *("1. ", "\n", "\n\n", "    ", "[x](", ")", "https://a.example/", "javascript:", "<", ">"),
        *("mailto:a@b.c", "<script>", "&lt;", "&#106;", '"', "'", "\\", "]", "[", "(", "xn--"),
        *("\u202e", "\u2066", "\u2069", "e\u0301", "\u0323", "\u200d", "\u3099", "か", "a", "  "),
        *("\t", "\r", "\u2028", "{lang=ja}", "::: note a\n", ":::\n", "## ", "{a|b}"),
    ]
)
scraps = st.lists(st.one_of(_pieces, st.text(max_size=5)), max_size=60).map("".join)

hostile_texts = st.one_of(texts, scraps)
