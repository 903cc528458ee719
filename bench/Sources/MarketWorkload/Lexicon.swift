/// The names of businesses: known words first, then made-up ones, so that a few are everywhere and most are rare.
struct Lexicon: Sendable {
  let words: [BilingualText]
  static let octaves = 16

  init() {
    let known = Lexicon.table.split(separator: "\n").map { line in
      let pair = line.split(separator: " ")
      return BilingualText(english: String(pair[0]), arabic: String(pair[1]))
    }
    let syllables = Lexicon.syllables.split(separator: "\n").flatMap { $0.split(separator: " ") }.map { pair in
      let parts = pair.split(separator: "=")
      return (String(parts[0]), String(parts[1]))
    }
    let coined = (0..<(1 << Lexicon.octaves) - known.count).map { Lexicon.coined($0, syllables) }
    words = known + coined
  }

  /// Two syllables while they last, then three.
  private static func coined(_ number: Int, _ syllables: [(String, String)]) -> BilingualText {
    let count = syllables.count
    var picked = [syllables[number % count], syllables[number / count % count]]
    if number >= count * count { picked.append(syllables[(number / (count * count) + number) % count]) }
    let english = picked.map(\.0).joined()
    return BilingualText(english: english.prefix(1).uppercased() + english.dropFirst(), arabic: picked.map(\.1).joined())
  }

  private static let table = """
    Noor نور
    Layla ليلى
    Amira أميرة
    Golden الذهبي
    Royal الملكي
    Crystal كريستال
    Jasmine ياسمين
    Pearl لؤلؤة
    Diamond ألماس
    Elegance أناقة
    Sultan سلطان
    Jawhara جوهرة
    Rose وردة
    Queen ملكة
    Star نجمة
    Moon قمر
    Dalia داليا
    Lamar لمار
    Yara يارا
    Salma سلمى
    Rania رانيا
    Hala هالة
    Nada ندى
    Reem ريم
    Sara سارة
    Maya مايا
    Lina لينا
    Dana دانا
    Farah فرح
    Hiba هبة
    Jana جنى
    Karam كرم
    Zain زين
    Omar عمر
    Khaled خالد
    Tariq طارق
    Samir سمير
    Nabil نبيل
    Fadi فادي
    Rami رامي
    Ziad زياد
    Anas أنس
    Hamza حمزة
    Yousef يوسف
    Ibrahim إبراهيم
    Mustafa مصطفى
    Hassan حسن
    Hussein حسين
    Saif سيف
    Majed ماجد
    Nasser ناصر
    Badr بدر
    Faris فارس
    Malak ملاك
    Shahd شهد
    Joud جود
    Sham شام
    Petra بترا
    Nile النيل
    Andalus الأندلس
    Damask دمشقي
    Cedar أرز
    Olive زيتون
    Amber عنبر
    Oud عود
    Misk مسك
    Henna حناء
    Velvet مخمل
    Silk حرير
    Ivory عاج
    Ruby ياقوت
    Emerald زمرد
    Turquoise فيروز
    Lotus لوتس
    Orchid أوركيد
    Tulip توليب
    Narjis نرجس
    Rayhan ريحان
    Zaytuna زيتونة
    Nakhla نخلة
    Waha واحة
    Sahara صحراء
    Bahr بحر
    Shams شمس
    Fajr فجر
    Duha ضحى
    Aseel أصيل
    Hanan حنان
    Amal أمل
    Basma بسمة
    Wafa وفاء
    Safa صفاء
    Marwa مروة
    Shaden شادن
    Taj تاج
    Qasr قصر
    Diwan ديوان
    Bayt بيت
    Rawda روضة
    Jannah جنة
    Layal ليال
    Samar سمر
    Nagham نغم
    Rima ريما
    Tala تالا
    Celine سيلين
    Mira ميرا
    Nadine نادين
    Carla كارلا
    Bella بيلا
    Viola فيولا
    Paris باريس
    Milano ميلانو
    Vienna فيينا
    London لندن
    Roma روما
    Istanbul إسطنبول
    Beiruti بيروتي
    Halabi حلبي
    Masri مصري
    Khalili خليلي
    Najjar نجار
    Haddad حداد
    Khoury خوري
    Sabbagh صباغ
    Attar عطار
    Hakim حكيم
    Rashid راشد
    Mansour منصور
    Salem سالم
    Qasim قاسم
    Jaber جابر
    Saleh صالح
    """

  private static let syllables = """
    ba=با be=بي bo=بو da=دا di=دي do=دو fa=فا fi=في ga=جا ha=ها hi=هي ja=جا
    ka=كا ki=كي la=لا li=لي lo=لو ma=ما mi=مي mo=مو na=نا ni=ني no=نو qa=قا
    ra=را ri=ري ro=رو sa=سا si=سي so=سو sha=شا shi=شي ta=تا ti=تي to=تو wa=وا
    ya=يا za=زا zi=زي zo=زو kha=خا tha=ثا nar=نار mar=مار bel=بيل sol=سول dan=دان rim=ريم
    """
}
