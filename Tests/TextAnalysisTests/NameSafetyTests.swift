import Testing
import TextIndex

@testable import TextAnalysis

/// Point 3 of the product: light stemming that never merges names.
@Suite struct NameSafetyTests {
  @Test(arguments: [
    ("وليد", "ليد"), ("وليد", "ولد"), ("وليد", "ولاد"), ("وردة", "رد"), ("وردة", "ورد"), ("سلمان", "سلم"), ("سلمان", "سلام"),
    ("سلمان", "سالم"), ("البانيا", "بانيا"), ("البانيا", "باني"), ("البانيا", "بان"), ("الياس", "ياس"), ("الياس", "ياسين"),
    ("عثمان", "عثم"), ("رمضان", "رمض"), ("ياسمين", "ياسم"), ("حسين", "حسن"), ("زيدان", "زيد"),
    ("عدنان", "عدن"), ("نسرين", "نسر"), ("شيرين", "شير"), ("بسام", "سام"), ("باسم", "اسم"), ("وسام", "سام"), ("وسيم", "سيم"),
    ("وائل", "ائل"), ("وعد", "عد"), ("ولاء", "لاء"), ("وفاء", "فاء"), ("لبنى", "بنى"), ("لمى", "مى"), ("كمال", "مال"),
    ("كرم", "رم"), ("كريم", "ريم"), ("بلال", "لال"), ("بدر", "در"), ("فهد", "هد"), ("فرح", "رح"), ("فادي", "ادي"),
    ("سميرة", "سمير"), ("اميرة", "امير"), ("جميلة", "جميل"), ("سامي", "سام"), ("هاني", "هان"), ("رامي", "رام"), ("علي", "عل"),
    ("هادي", "هاد"), ("مروان", "مرو"), ("عمران", "عمر"), ("سليمان", "سليم"), ("حمدان", "حمد"), ("فريال", "ريال"), ("لجين", "جين"),
    ("المانيا", "مانيا"), ("الهام", "هام"), ("الاء", "اء"), ("والد", "د"), ("خالد", "الخلد"), ("بيان", "يان"), ("زيتون", "زيت"),
    ("الف", "ف"), ("الم", "م"), ("ورشة", "رشة"), ("ورق", "رق"), ("ولد", "لد"), ("بنات", "نات"), ("بيت", "يت"),
  ])
  func neverMeet(_ a: String, _ b: String) {
    #expect(Analysis.tier(a, b) == nil, "\(Analysis.terms(a, Analysis.queries)) meets \(Analysis.terms(b))")
    #expect(Analysis.tier(b, a) == nil, "\(Analysis.terms(b, Analysis.queries)) meets \(Analysis.terms(a))")
  }

  @Test(arguments: [
    // Article
    ("صويفية", "الصويفية"), ("عبدلي", "العبدلي"), ("خطيب", "الخطيب"), ("جبيهة", "الجبيهة"), ("صالون", "الصالون"),
    ("ليزر", "الليزر"),
    // Hamza, ta marbuta, alef maksura
    ("احمد", "أحمد"), ("إيمان", "ايمان"), ("آمنة", "امنه"), ("لؤي", "لوي"), ("رائد", "رايد"), ("مؤيد", "مويد"), ("منى", "مني"),
    ("ليلى", "ليلي"), ("فاطمة", "فاطمه"), ("موسى", "موسي"), ("شاطئ", "شاطي"), ("ٱلله", "الله"),
    // Marks, tatweel
    ("محمد", "مُحَمَّد"), ("محمد", "محـــمد"), ("حلاق", "حَلّاق"), ("سارة", "سارةٌ"),
    // Foreign letters, presentation forms, invisible characters
    ("كريم", "کریم"), ("كاراج", "گاراج"), ("علي", "علی"), ("سلام", "ﺳﻼﻡ"), ("محمد", "ﻣﺤﻤﺪ"), ("الله", "ﷲ"),
    ("صالون", "صا\u{200C}لون"), ("صالون", "\u{202B}صالون\u{202C}"), ("صالون", "\u{200F}صالون\u{200E}"),
    ("صالون", "صا\u{200D}لون"),
    // Digits
    ("123", "١٢٣"), ("456", "۴۵۶"), ("شارع 10", "شارع ١٠"),
    // Latin
    ("salon", "SALON"), ("salon", "Ｓａｌｏｎ"), ("cafe", "Café"), ("cafe", "Cafe\u{301}"), ("loreal", "L'Oréal"),
    ("strasse", "Straße"),
    ("barber", "Barber's"), ("barber", "barber’s"), ("sanaa", "Sana'a"), ("abdali", "ʿAbdalī"), ("fiona", "ﬁona"),
    ("salon", "💇‍♀️ salon 💅🏽"),
    ("salon", "S\u{2060}alon"), ("aesthetic", "Æsthetic"), ("ghazal", "3'azal"), ("khaled", "7'aled"),
    // Particles before known words
    ("سيدات", "للسيدات"), ("تجميل", "والتجميل"), ("صويفية", "بالصويفية"),
  ])
  func meetExactly(_ a: String, _ b: String) {
    #expect(Analysis.tier(a, b) == .surface, "\(Analysis.terms(a, Analysis.queries)) and \(Analysis.terms(b))")
    #expect(Analysis.tier(b, a) == .surface, "\(Analysis.terms(b, Analysis.queries)) and \(Analysis.terms(a))")
  }

  @Test(arguments: [
    ("سبا", "مساج وسبا"), ("خالد", "سامر وخالد"), ("تجميل", "عناية وتجميل"), ("مكياج", "حنة ومكياج"), ("سيدات", "صالون للسيدات"),
    ("صويفية", "حلاق بالصويفية"), ("رجال", "صالون للرجال"), ("اظافر", "شعر واظافر"),
  ])
  func areFoundInside(_ query: String, _ document: String) {
    #expect(Analysis.tier(query, document) == .surface, "\(Analysis.terms(document))")
  }

  /// What is one kind of another is found by the other, and not the other way round.
  @Test(arguments: [
    ("صالون", "حلاق"), ("salon", "barbershop"), ("salon", "صالون نسائي"), ("سبا", "حمام تركي"), ("clinic", "dentist"),
    ("عيادة", "طبيب اسنان"),
    ("cleaning", "خادمة"), ("تنظيف", "maids"), ("hair removal", "واكس"), ("ازالة شعر", "sugaring"), ("رموش", "lash lift"),
    ("gents", "حلاق"),
  ])
  func theBroaderFindsTheNarrower(_ broad: String, _ narrow: String) {
    #expect(Analysis.tier(broad, narrow) == .synonym, "\(Analysis.terms(broad, Analysis.queries)) and \(Analysis.terms(narrow))")
    #expect(Analysis.tier(narrow, broad) == nil, "\(Analysis.terms(narrow, Analysis.queries)) and \(Analysis.terms(broad))")
  }

  @Test func theBroaderOfTheBroaderIsBroader() throws {
    var dictionaries = AnalysisDictionaries()
    try dictionaries.add(.synonyms, Array("poodle < dog: poodle\ndog < animal, pet: dog\nanimal: animal\npet: pet".utf8))
    let analyzer = BilingualAnalyzer(dictionaries)
    #expect(
      Set(Analysis.terms("poodle", analyzer, [.synonym]))
        == ["poodle", "dog", "animal", "pet"].reduce(into: []) { $0.insert("synonym:\($1)") })
    #expect(Analysis.terms("poodle", analyzer.with(.query), [.synonym]) == ["synonym:poodle"])
    var circular = AnalysisDictionaries()
    try circular.add(.synonyms, Array("a < b: one\nb < a: two".utf8))
    #expect(Analysis.terms("one", BilingualAnalyzer(circular), [.synonym]) == ["synonym:a", "synonym:b"])
  }

  /// Endings that sound alike, articles written on, digits for letters: words of the dictionaries in other spellings.
  @Test(arguments: [
    ("سلما", "سلمى"), ("ليلا", "ليلى"), ("فاطما", "فاطمة"), ("نادية", "ناديا"), ("خديجا", "خديجة"), ("سميرا", "سميرة"),
    ("samire", "Samira"), ("khadije", "خديجة"), ("fatme", "Fatma"), ("zahret", "زهرة"), ("salame", "سلامة"), ("3iyadet", "عيادة"),
    ("elkhateb", "elkhateb"), ("elabdali", "العبدلي"), ("almajali", "Majali"), ("el7ammam", "hammam"), ("elsalon", "salon"),
    ("albarber", "حلاق"),
    ("5adije", "خديجة"), ("7usam", "حسام"), ("8assan", "غسان"), ("2asem", "قاسم"), ("9abri", "صبري"), ("6ariq", "طارق"),
    ("jam3a", "jam3a"),
  ])
  func otherSpellingsAreKnown(_ a: String, _ b: String) {
    let tier = Analysis.tier(a, b)
    #expect(tier == .synonym || tier == .surface, "\(Analysis.terms(a, Analysis.queries)) and \(Analysis.terms(b))")
  }

  /// Of words that no dictionary has, only ا is taken for ة, and a front that looks like an article may be none.
  @Test(arguments: [
    ("زنبقا", "زنبقة"), ("السنبلا", "السنبلة"), ("الياقوتا", "ياقوتة"), ("alzanbaqa", "zanbaqa"), ("elyaqoot", "Al Yaqoot"),
    ("alpine", "alpine"),
  ])
  func unknownWordsMeetExactly(_ a: String, _ b: String) {
    #expect(Analysis.tier(a, b) == .surface && Analysis.tier(b, a) == .surface, "\(Analysis.terms(a)) and \(Analysis.terms(b))")
  }

  @Test(arguments: [
    ("علا", "علي"), ("مها", "مهي"), ("دعا", "دعه"), ("دينا", "دين"), ("هنا", "هني"),
    ("elite", "ite"), ("elise", "lise"),
  ])
  func endingsOfNamesAreTheirOwn(_ a: String, _ b: String) {
    #expect(Analysis.tier(a, b) == nil, "\(Analysis.terms(a, Analysis.queries)) meets \(Analysis.terms(b))")
    #expect(Analysis.tier(b, a) == nil, "\(Analysis.terms(b, Analysis.queries)) meets \(Analysis.terms(a))")
  }

  @Test func namesAreNotTheStemsOfOtherWords() {
    #expect(!Analysis.terms("سيدات").contains("synonym:@سيد"))
    #expect(Analysis.terms("سيد").contains("synonym:@سيد"))
    #expect(Analysis.tier("سيد", "سيدات") == nil)
    #expect(Analysis.tier("سيدات", "سيد") == nil)
  }

  @Test(arguments: [
    ("nails", "nail"), ("nail", "nails"), ("cleaners", "cleaner"), ("cleaning", "cleaned"), ("massaging", "massaged"),
    ("facials", "facial"), ("treatments", "treatment"),
    ("جلسات", "جلسة"), ("خدمات", "خدمة"), ("سيدات", "سيدة"), ("منزلية", "منزلي"), ("المنزلية", "منزل"), ("تنظيفات", "تنظيف"),
    ("مهندسون", "مهندس"), ("مهندسين", "المهندس"), ("بشرتك", "بشرة"), ("بشرتها", "البشرة"), ("ممرضات", "ممرضة"),
  ])
  func meetByStem(_ a: String, _ b: String) {
    let tier = Analysis.tier(a, b)
    #expect(tier == .stem, "\(Analysis.terms(a, Analysis.queries)) and \(Analysis.terms(b))")
  }

  @Test(arguments: [
    ("حلاق", "barber"), ("barber", "كوافير رجالي"), ("كوافير رجالي", "barbershop"), ("7ala2", "حلاق"), ("حلاق", "7ala2"),
    ("gents salon", "حلاق"),
    ("مناكير", "manicure"), ("بديكير", "pedicure"), ("hair removal", "ازالة الشعر"), ("ازالة الشعر", "depilation"),
    ("واكس", "waxing"),
    ("بوتكس", "botox"), ("ليزر", "laser"), ("حواجب", "eyebrows"), ("makeup", "ميك اب"), ("make up", "مكياج"), ("عروس", "bridal"),
    ("teeth whitening", "تبييض الاسنان"), ("dentist", "طبيب أسنان"), ("house cleaning", "تنظيف منازل"), ("maids", "خادمة"),
    ("hammam", "حمام مغربي"), ("حجامة", "cupping"), ("hijama", "الحجامة"), ("tandeef", "تنظيف"),
    // Names
    ("Waleed", "وليد"), ("وليد", "Walid"), ("Walid", "Waleed"), ("Mohammed", "محمد"), ("محمد", "Muhammad"), ("Noor", "نور"),
    ("نور", "Nour"),
    ("Abdul Rahman", "عبد الرحمن"), ("عبدالرحمن", "Abdelrahman"), ("Abu Ghazaleh", "أبو غزالة"), ("Sweifieh", "الصويفية"),
    ("الصويفية", "Sweifiyeh"), ("Jabal Amman", "جبل عمان"), ("Um Uthaina", "أم أذينة"), ("7th Circle", "الدوار السابع"),
    ("alsweifieh", "صويفية"),
  ])
  func meetByMeaning(_ a: String, _ b: String) {
    let tier = Analysis.tier(a, b)
    #expect(tier == .synonym || tier == .surface, "\(Analysis.terms(a, Analysis.queries)) and \(Analysis.terms(b))")
  }
}
