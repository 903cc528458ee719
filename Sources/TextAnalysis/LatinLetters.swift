/// Letters of Latin that Unicode does not take apart into a base and marks, as they are typed without them.
///
/// Sørensen → sorensen, Łucja → lucja, æ → ae; ı, which Turkish writes without its dot, is an i. (ß is `ss` by case folding.)
enum LatinLetters {
  static func plain(_ scalar: UInt32) -> (first: UInt8, second: UInt8)? {
    switch scalar {
    case 0xE6: (0x61, 0x65)
    case 0x153: (0x6F, 0x65)
    case 0xFE: (0x74, 0x68)
    case 0xF8: (0x6F, 0)
    case 0xF0, 0x111, 0x256, 0x257: (0x64, 0)
    case 0x142, 0x26B, 0x19A: (0x6C, 0)
    case 0x127: (0x68, 0)
    case 0x167: (0x74, 0)
    case 0x131: (0x69, 0)
    case 0x14B: (0x6E, 0)
    case 0x138: (0x6B, 0)
    case 0x192: (0x66, 0)
    case 0x253: (0x62, 0)
    case 0x188: (0x63, 0)
    case 0x1DD, 0x259, 0x25B: (0x65, 0)
    default: nil
    }
  }

  /// How a letter of Arabic that Arabizi has a digit for is mostly written in Latin letters; ع and ء not at all.
  static func spelling(ofArabic letter: UInt8) -> String {
    switch letter {
    case 0x2D: "h"
    case 0x2E: "kh"
    case 0x30: "th"
    case 0x34: "sh"
    case 0x35: "s"
    case 0x36: "d"
    case 0x37: "t"
    case 0x38: "z"
    case 0x3A: "gh"
    case 0x42: "q"
    default: ""
    }
  }

  /// What stands for an apostrophe or a transliterated hamza or ayn, of keyboards and books: it is left out of a word, which goes on
  /// (Sana'a, ʿAbdalī, L'Oréal), and 's at its end is no part of it.
  static func isApostrophe(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x27, 0x60, 0xB4, 0x2B9, 0x2BB, 0x2BC, 0x2BD, 0x2BE, 0x2BF, 0x374, 0x1FEF, 0x1FFD, 0x2018, 0x2019, 0x201B, 0xFF07: true
    default: false
    }
  }

  /// The letters of an Arabizi digit with a dot, which is written as an apostrophe: 3'azal is ghazal, 7'aled is khaled.
  static func dotted(_ digit: UInt8) -> (UInt8, UInt8)? {
    switch digit {
    case UInt8(ascii: "3"): (UInt8(ascii: "g"), UInt8(ascii: "h"))
    case UInt8(ascii: "7"): (UInt8(ascii: "k"), UInt8(ascii: "h"))
    case UInt8(ascii: "6"), UInt8(ascii: "9"): (UInt8(ascii: "d"), UInt8(ascii: "h"))
    default: nil
    }
  }
}
