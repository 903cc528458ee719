import Testing
import TextIndex

@testable import TextAnalysis

/// Spellings that no dictionary lists: found by what Arabic, Latin and Arabizi share. The analyser here knows no word at all.
@Suite struct TransliterationTests {
  private static let documents = BilingualAnalyzer(AnalysisDictionaries.arabiziOnly)
  private static let queries = documents.with(.query)

  private static func meets(_ query: String, _ document: String) -> Bool {
    let asked = Analysis.tokens(query, queries)
    let held = Set(Analysis.terms(document, documents, [.phonetic]))
    guard !asked.isEmpty else { return false }
    return (0..<asked.count).allSatisfy { word in
      asked.alternatives(of: word).contains { alternative in
        asked.alternatives[alternative].kind == .phonetic
          && held.contains("phonetic:\(Analysis.text(of: alternative, in: asked))")
      }
    }
  }

  @Test(arguments: [
    ("Waleed", "وليد"), ("Walid", "وليد"), ("Khaled", "خالد"), ("Khalid", "خالد"), ("5aled", "خالد"), ("Mohammad", "محمد"),
    ("Muhamed", "محمد"),
    ("Mahmoud", "محمود"), ("Ma7mood", "محمود"), ("Yousef", "يوسف"), ("Youssef", "يوسف"), ("Yusuf", "يوسف"), ("Hussein", "حسين"),
    ("7usain", "حسين"), ("Ibrahim", "ابراهيم"), ("Ebraheem", "إبراهيم"), ("Omar", "عمر"), ("3omar", "عمر"), ("Ali", "علي"),
    ("3ali", "علي"),
    ("Noor", "نور"), ("Nour", "نور"), ("Nur", "نور"), ("Zain", "زين"), ("Zein", "زين"), ("Saad", "سعد"), ("Saeed", "سعيد"),
    ("Sa3eed", "سعيد"),
    ("Sara", "سارة"), ("Sarah", "سارة"), ("Salah", "صلاح"), ("Sala7", "صلاح"), ("9ala7", "صلاح"), ("Fatima", "فاطمة"),
    ("Fatmeh", "فاطمة"),
    ("Fa6ma", "فاطمة"), ("Othman", "عثمان"), ("Osman", "عثمان"), ("Munther", "منذر"), ("Monzer", "منذر"), ("Moaz", "معاذ"),
    ("Mu3ath", "معاذ"),
    ("Haitham", "هيثم"), ("Thamer", "ثامر"), ("Dhafer", "ظافر"), ("Zafer", "ظافر"), ("Jamal", "جمال"), ("Gamal", "جمال"),
    ("Majdi", "مجدي"),
    ("Magdy", "مجدي"), ("Ghassan", "غسان"), ("Gassan", "غسان"), ("3'assan", "غسان"), ("Qasem", "قاسم"), ("Kasem", "قاسم"),
    ("2asem", "قاسم"),
    ("Sharif", "شريف"), ("Chawki", "شوقي"), ("Shawqi", "شوقي"), ("Faisal", "فيصل"), ("Dawood", "داود"), ("Loay", "لؤي"),
    ("Fouad", "فؤاد"),
    ("Sweifieh", "الصويفية"), ("Sweifiyeh", "الصويفية"), ("Suwayfiyah", "الصويفية"), ("Swefieh", "صويفية"), ("Abdoun", "عبدون"),
    ("3abdoon", "عبدون"), ("Shmeisani", "الشميساني"), ("Shmaisani", "الشميساني"), ("Jubeiha", "الجبيهة"), ("Jbeiha", "الجبيهة"),
    ("Tabarbour", "طبربور"), ("Dabouq", "دابوق"), ("Khalda", "خلدا"), ("Marka", "ماركا"), ("Irbid", "اربد"), ("Zarqa", "الزرقاء"),
    ("Madaba", "مادبا"),
    ("7ala2", "حلاق"), ("hallaq", "حلاق"), ("hallak", "حلاق"), ("salon", "صالون"), ("saloon", "صالون"), ("9alon", "صالون"),
    ("massage", "مساج"),
    ("tajmeel", "تجميل"), ("tajmil", "التجميل"), ("makyaj", "مكياج"), ("manakeer", "مناكير"), ("7ammam", "حمام"),
    ("hammam", "حمام"),
    ("3arous", "عروس"), ("asnan", "أسنان"), ("Batool", "بتول"), ("Rola", "رولا"), ("Leen", "لين"), ("Layan", "ليان"),
    ("7ob", "حب"),
    ("Sawsan", "سوسن"), ("Yasmeen", "ياسمين"), ("Hanadi", "هنادي"), ("Taghreed", "تغريد"), ("Tasneem", "تسنيم"),
    ("Rawabdeh", "الروابدة"),
    ("Khasawneh", "الخصاونة"), ("Obeidat", "عبيدات"), ("Majali", "المجالي"), ("Momani", "المومني"),
    // و as a consonant, as a vowel, as a hamza's seat
    ("Jawad", "جواد"), ("Awad", "عوض"), ("Anwar", "أنور"), ("Rawan", "روان"), ("Marwa", "مروة"), ("Tawfiq", "توفيق"),
    ("Mowafaq", "موفق"),
    ("Suwaida", "سويدا"), ("Suaad", "سؤاد"), ("Louay", "لؤي"),
    // 2 as a hamza, ه that is no ة, ة before a noun
    ("ra2fat", "رأفت"), ("2amal", "أمل"), ("wafa2", "وفاء"), ("bahaa2", "بهاء"), ("6aha", "طه"), ("sayyaret", "سيارة"),
    ("madraset", "مدرسة"),
    // The article written on
    ("elmadina", "المدينة"), ("el3a9ama", "العاصمة"), ("al5aleej", "الخليج"), ("elna7la", "النحلة"),
    // English in Arabic letters: z for s, silent letters, ch
    ("rings", "رينجز"), ("flowers", "فلورز"), ("night", "نايت"), ("visage", "فيزاج"), ("light", "لايت"), ("white", "وايت"),
    ("lotion", "لوشن"),
    ("cinema", "سينما"), ("science", "ساينس"), ("chicken", "تشيكن"), ("dream", "دريم"), ("peach", "بيتش"),
  ])
  func crosses(_ latin: String, _ arabic: String) {
    #expect(Self.meets(latin, arabic), "\(Analysis.terms(latin, Self.queries)) and \(Analysis.terms(arabic, Self.documents))")
    #expect(Self.meets(arabic, latin), "\(Analysis.terms(arabic, Self.queries)) and \(Analysis.terms(latin, Self.documents))")
  }

  @Test(arguments: [
    ("Sweifieh", "Suwayfiyah"), ("Mohammad", "Muhamed"), ("Waleed", "Walid"), ("Nour", "Noor"), ("Hussain", "Husein"),
    ("Shawki", "Chawki"),
  ])
  func crossesWithinLatin(_ a: String, _ b: String) { #expect(Self.meets(a, b)) }

  @Test(arguments: [
    // Within Arabic, letters are not a matter of taste
    ("وليد", "ولد"), ("وردة", "ورد"), ("سلمان", "سليمان"), ("سامر", "سمير"), ("حسن", "حسين"), ("جمال", "جميل"),
    // Short words do not all look alike
    ("Sara", "سور"), ("Sara", "سير"), ("Noor", "نار"), ("Noor", "نير"), ("Lana", "لين"), ("Rola", "ريل"), ("Deir", "دار"),
    ("Ali", "علا"),
    ("Qais", "قص"), ("Noor", "نر"), ("Swaileh", "صالح"), ("Sweifieh", "سيف"), ("Sabah", "زباح"), ("Salem", "زالم"),
    ("Rasheed", "راغد"),
    ("Tabligh", "تبلي"), ("Omar", "مر"), ("Mar", "عمر"), ("Dina", "دونا"), ("Rima", "رامي"), ("Sami", "سوم"), ("Zain", "زان"),
    ("Dar", "دور"),
    // Other consonants
    ("Khaled", "والد"), ("Salah", "صالون"), ("Hala", "خالة"), ("Shadi", "سادي"), ("Ghada", "جادة"), ("Tamer", "عامر"),
    ("Fadi", "هادي"),
    ("Rami", "لامي"), ("Nader", "قادر"), ("Basem", "قاسم"), ("Majed", "ماجن"), ("Laith", "غيث"), ("Zaid", "سعيد"),
  ])
  func staysApart(_ a: String, _ b: String) {
    #expect(!Self.meets(a, b), "\(Analysis.terms(a, Self.queries)) and \(Analysis.terms(b, Self.documents))")
  }

  @Test func dialectsReadDigitsDifferently() throws {
    let gulf = BilingualAnalyzer(AnalysisDictionaries.arabiziOnly, dialect: "gulf")
    let held = Set(Analysis.terms("قلب", gulf, [.phonetic]))
    let asked = Analysis.terms("8alb", gulf.with(.query), [.phonetic])
    #expect(!held.isDisjoint(with: asked))
    #expect(!Self.meets("8alb", "قلب"))
  }

  @Test func numbersHaveNoSkeleton() {
    #expect(Analysis.terms("2024 ٢٤", Self.documents, [.phonetic]).isEmpty)
  }
}

extension AnalysisDictionaries {
  /// Nothing but what the digits mean.
  static var arabiziOnly: AnalysisDictionaries {
    var dictionaries = AnalysisDictionaries()
    dictionaries.keepArabizi(of: Analysis.dictionaries)
    return dictionaries
  }
}
