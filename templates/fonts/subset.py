#!/usr/bin/env python3
"""Re-makes the fonts beside this file from their npm packages.

    npm install @expo-google-fonts/noto-sans@0.4.2 @expo-google-fonts/noto-sans-mono@0.4.2 \
        @expo-google-fonts/noto-sans-arabic@0.4.3 @expo-google-fonts/noto-sans-hebrew@0.4.1 \
        @expo-google-fonts/noto-sans-sc@0.4.3 @expo-google-fonts/noto-sans-kr@0.4.3 \
        @expo-google-fonts/noto-sans-math@0.4.2 @expo-google-fonts/noto-sans-symbols-2@0.4.1 \
        @expo-google-fonts/noto-emoji@0.4.7
    pip install fonttools==4.68.0
    python3 subset.py node_modules

Only outlines, metrics and the layout rules of the kept characters remain. Hints are
dropped, as a printed page does not use them. Time stamps are kept as they were, so that
the same packages give the same bytes.
"""
import shutil
import sys
from pathlib import Path

from fontTools import subset

HERE = Path(__file__).resolve().parent


def span(*ranges):
    """Every code point of the inclusive ranges."""
    return {c for low, high in ranges for c in range(low, high + 1)}


def charset(encoding, leads=range(0x81, 0xFF)):
    """Every code point of a two-byte legacy character set."""
    found = set()
    for lead in leads:
        for trail in range(0x40, 0xFF):
            try:
                text = bytes([lead, trail]).decode(encoding)
            except UnicodeDecodeError:
                continue
            if len(text) == 1:
                found.add(ord(text))
    return found


HAN = span((0x3400, 0x9FFF))
EUROPE = span(
    (0x20, 0x24F), (0x250, 0x36F), (0x370, 0x3FF), (0x400, 0x52F), (0x1E00, 0x1FFF),
    (0x2000, 0x209F), (0x20A0, 0x20CF), (0x2100, 0x214F), (0x2150, 0x218F),
)
DEVANAGARI = span((0x900, 0x97F), (0x25CC, 0x25CC), (0xA8E0, 0xA8FF))
DRAWING = span((0x2190, 0x21FF), (0x2200, 0x22FF), (0x2500, 0x257F), (0x2580, 0x25FF))
BRACKETS = span((0x27E6, 0x27EB))
# Big5's first level: the traditional characters in everyday use
TRADITIONAL = charset("big5", range(0xA4, 0xC7)) & HAN
CHINESE = (
    (charset("gb2312") & HAN) | (charset("shift_jis") & HAN) | TRADITIONAL
    | span((0x3000, 0x30FF), (0x31F0, 0x31FF), (0xFF00, 0xFFEF))
)
HANGUL = charset("euc_kr") & span((0xAC00, 0xD7A3)) | span((0x3131, 0x318E))
ARROWS = span((0x2190, 0x21FF), (0x2200, 0x22FF), (0x27E6, 0x27EB), (0x27F5, 0x27FF))
SIGNS = (
    span((0x2300, 0x23FF), (0x2460, 0x24FF), (0x25A0, 0x25FF), (0x2600, 0x26FF), (0x2700, 0x27BF))
    | {0x2B1B, 0x2B1C, 0x2B50, 0x2B55}
)
# What is seen in titles of changes and in names; rarer ones are shown by code point
EMOJI = span(
    (0x231A, 0x231B), (0x23E9, 0x23F3), (0x2600, 0x27BF), (0x2B05, 0x2B55),
    (0x1F300, 0x1F320), (0x1F380, 0x1F393), (0x1F3C1, 0x1F3C6), (0x1F3D7, 0x1F3E7),
    (0x1F3F3, 0x1F3F7), (0x1F400, 0x1F53D), (0x1F5A5, 0x1F64F), (0x1F680, 0x1F6FF),
    (0x1F7E0, 0x1F7EB), (0x1F90C, 0x1F93A), (0x1F9D0, 0x1F9FF),
) | {
    0x1F331, 0x1F340, 0x1F34E, 0x1F355, 0x1F36A, 0x1F37A, 0x1F3A8, 0x1F3AF, 0x1F3B2, 0x1F947,
    0x1F980, 0x1F984, 0x1F989, 0x1F98A, 0x1F98B, 0x1F996, 0x1F9A5, 0x1F9BA, 0x1FA79, 0x1FA84,
    0x1FA9D, 0x1FA9F, 0x1FAA3, 0x1FAB2, 0x1FAE1,
}

# target, package, file in the package, kept characters, kept layout rules
SHAPED = ["ccmp", "locl", "mark", "mkmk", "kern", "init", "medi", "fina", "isol", "rlig", "calt",
          "liga", "nukt", "akhn", "rphf", "rkrf", "pref", "blwf", "half", "abvf", "pstf", "cjct",
          "vatu", "pres", "blws", "abvs", "psts", "haln", "abvm", "blwm", "dist"]
PLAIN = ["ccmp", "locl", "mark", "mkmk", "kern"]
CUTS = [
    ("NotoSans-Regular.ttf", "noto-sans", "400Regular/NotoSans_400Regular.ttf",
     EUROPE | DEVANAGARI, SHAPED),
    ("NotoSans-Bold.ttf", "noto-sans", "700Bold/NotoSans_700Bold.ttf", EUROPE, PLAIN),
    ("NotoSansMono-Regular.ttf", "noto-sans-mono", "400Regular/NotoSansMono_400Regular.ttf",
     EUROPE | DRAWING | BRACKETS, PLAIN),
    ("NotoSansArabic-Regular.ttf", "noto-sans-arabic",
     "400Regular/NotoSansArabic_400Regular.ttf", span((0, 0x10FFFF)), SHAPED),
    ("NotoSansHebrew-Regular.ttf", "noto-sans-hebrew",
     "400Regular/NotoSansHebrew_400Regular.ttf", span((0x590, 0x5FF), (0xFB1D, 0xFB4F)), SHAPED),
    ("NotoSansSC-Regular.ttf", "noto-sans-sc", "400Regular/NotoSansSC_400Regular.ttf",
     CHINESE, []),
    ("NotoSansKR-Regular.ttf", "noto-sans-kr", "400Regular/NotoSansKR_400Regular.ttf",
     HANGUL, []),
    ("NotoSansMath-Regular.ttf", "noto-sans-math", "400Regular/NotoSansMath_400Regular.ttf",
     ARROWS, []),
    ("NotoSansSymbols2-Regular.ttf", "noto-sans-symbols-2",
     "400Regular/NotoSansSymbols2_400Regular.ttf", SIGNS, []),
    ("NotoEmoji-Regular.ttf", "noto-emoji", "400Regular/NotoEmoji_400Regular.ttf", EMOJI, []),
]
# These hold only what vertical text, editors and hinters read
DROPPED = ["vhea", "vmtx", "VORG", "BASE", "MATH", "DSIG", "STAT", "meta", "gasp", "VDMX", "LTSH",
           "hdmx", "FFTM"]


def cut(source, target, characters, features):
    """Writes the part of `source` that is needed for `characters`."""
    options = subset.Options()
    options.layout_features = features
    options.hinting = False
    options.glyph_names = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += DROPPED
    options.recalc_timestamp = False
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    subset.save_font(font, str(target), options)


def main(modules):
    """Cuts every font and copies its licence."""
    packages = Path(modules) / "@expo-google-fonts"
    for target, package, path, characters, features in CUTS:
        cut(packages / package / path, HERE / target, characters, features)
        shutil.copyfile(packages / package / "LICENSE_FONT", HERE / f"OFL-{package}.txt")
        print(f"{(HERE / target).stat().st_size:>9}  {target}")


if __name__ == "__main__":
    main(sys.argv[1])
