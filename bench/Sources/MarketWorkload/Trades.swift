/// What providers are: categories with their share of the market, the words their names carry, and what they sell.
struct Trade: Sendable {
  struct Service: Sendable {
    let name: BilingualText
    /// In thousandths of a dinar; providers ask around it.
    let usualPrice: Int
    let durationMinutes: Int
  }

  let id: String
  let share: Int
  /// What such a business calls itself.
  let nouns: [BilingualText]
  let services: [Service]

  /// One line a trade: id, share, nouns, services (name, price in dinars, minutes).
  static let all: [Trade] = table.split(separator: "\n").map { line in
    let fields = line.split(separator: "|").map { $0.split(separator: ";") }
    guard fields.count == 4, let share = Int(fields[1][0]) else { preconditionFailure("not a trade: \(line)") }
    return Trade(
      id: String(fields[0][0]), share: share, nouns: fields[2].map { bilingual($0) },
      services: fields[3].map { entry in
        let parts = entry.split(separator: ":")
        guard parts.count == 3, let dinars = Int(parts[1]), let minutes = Int(parts[2]) else {
          preconditionFailure("not a service: \(entry)")
        }
        return Service(name: bilingual(parts[0]), usualPrice: dinars * 1_000, durationMinutes: minutes)
      })
  }

  private static func bilingual(_ text: Substring) -> BilingualText {
    let pair = text.split(separator: "=")
    precondition(pair.count == 2, "not a pair of an English and an Arabic text: \(text)")
    return BilingualText(english: String(pair[0]), arabic: String(pair[1]))
  }

  static let tags = [
    "parking", "wifi", "cards", "women", "men", "children", "wheelchair", "evening", "weekend", "arabic", "english", "vegan",
  ]

  private static let table = """
    salon|230|Salon=صالون;Beauty Salon=صالون تجميل;Hair Studio=ستوديو شعر|Haircut=قص شعر:8:40;Blow Dry=سشوار:6:30;Hair Color=صبغة شعر:30:120;Keratin=كيراتين:60:150;Bridal Hair=تسريحة عروس:90:120
    barber|160|Barber=حلاق;Gentlemen Barber=حلاق رجالي;Barber House=بيت حلاقة|Classic Haircut=قص كلاسيكي:4:30;Beard Trim=تحديد لحية:3:20;Hot Shave=حلاقة ساخنة:4:25;Kids Haircut=قص أطفال:3:20
    nails|95|Nail Bar=بار أظافر;Nail Lounge=لاونج أظافر|Manicure=مانيكير:7:40;Pedicure=باديكير:9:50;Gel Polish=طلاء جل:12:60;Acrylic Set=تركيب أكريليك:25:90
    spa|75|Spa=سبا;Wellness Center=مركز عافية;Hammam=حمام|Moroccan Bath=حمام مغربي:25:60;Swedish Massage=مساج سويدي:30:60;Hot Stone=أحجار ساخنة:40:75;Body Scrub=تقشير الجسم:20:45
    makeup|60|Makeup Artist=خبيرة مكياج;Makeup Studio=ستوديو مكياج|Evening Makeup=مكياج سهرة:35:60;Bridal Makeup=مكياج عروس:120:120;Lashes=رموش:15:45
    skincare|55|Skin Clinic=عيادة بشرة;Skin Care=عناية بشرة|Deep Facial=تنظيف عميق:25:60;Hydrafacial=هيدرافيشل:45:60;Peeling=تقشير كيميائي:40:45
    laser|45|Laser Clinic=عيادة ليزر;Laser Center=مركز ليزر|Full Body Laser=ليزر كامل الجسم:70:90;Face Laser=ليزر وجه:15:20;Underarm Laser=ليزر الإبط:10:15
    dental|42|Dental Clinic=عيادة أسنان;Smile Center=مركز الابتسامة|Checkup=فحص:10:20;Whitening=تبييض أسنان:90:60;Scaling=تلميع أسنان:25:40;Filling=حشوة:30:45
    fitness|38|Gym=نادي رياضي;Fitness Club=نادي لياقة|Personal Training=تدريب شخصي:15:60;Group Class=حصة جماعية:5:45;Body Assessment=قياس الجسم:8:30
    massage|34|Massage Therapy=علاج بالمساج;Relax Massage=مساج استرخاء|Deep Tissue=مساج عميق:35:60;Thai Massage=مساج تايلندي:35:60;Foot Massage=مساج القدم:15:30
    clinic|30|Medical Clinic=عيادة طبية;Family Doctor=طبيب الأسرة|Consultation=استشارة:20:20;Follow Up=مراجعة:10:15;Home Visit=زيارة منزلية:40:45
    physio|22|Physiotherapy=علاج طبيعي;Rehab Center=مركز تأهيل|Back Therapy=علاج الظهر:20:45;Sports Injury=إصابة رياضية:25:45;Cupping=حجامة:12:30
    yoga|16|Yoga Studio=ستوديو يوغا;Pilates=بيلاتس|Morning Yoga=يوغا صباحية:6:60;Reformer=ريفورمر:12:50;Meditation=تأمل:5:30
    tailor|16|Tailor=خياط;Fashion Atelier=أتيليه أزياء|Alteration=تعديل ملابس:5:20;Custom Suit=بدلة تفصيل:150:60;Abaya Fitting=قياس عباية:10:30
    photography|14|Photographer=مصور;Photo Studio=ستوديو تصوير|Portrait=صورة شخصية:20:30;Wedding Shoot=تصوير زفاف:300:240;Passport Photo=صورة جواز:3:10
    cleaning|14|Cleaning Company=شركة تنظيف;Home Cleaning=تنظيف منازل|Apartment Cleaning=تنظيف شقة:25:180;Carpet Wash=غسيل سجاد:15:90;Sofa Wash=غسيل كنب:20:90
    carwash|13|Car Wash=غسيل سيارات;Auto Care=عناية السيارة|Outside Wash=غسيل خارجي:3:20;Interior Detail=تنظيف داخلي:15:90;Polish=تلميع:40:180
    plumber|11|Plumber=سباك;Plumbing=سباكة|Leak Repair=إصلاح تسريب:15:60;Heater Install=تركيب سخان:30:120
    electrician|10|Electrician=كهربائي;Electric Works=أعمال كهرباء|Wiring=تمديد كهرباء:30:120;Light Install=تركيب إنارة:10:45
    tutor|10|Private Tutor=مدرس خصوصي;Learning Center=مركز تعليم|Math Lesson=درس رياضيات:12:60;English Lesson=درس إنجليزي:10:60;Physics Lesson=درس فيزياء:12:60
    vet|6|Veterinary=بيطري;Pet Hospital=مستشفى حيوانات|Vaccination=تطعيم:15:20;Pet Grooming=تجميل حيوانات:20:60
    tattoo|4|Tattoo Studio=ستوديو وشم|Small Tattoo=وشم صغير:30:60;Removal=إزالة وشم:50:30;Henna Design=نقش حناء:10:30
    music|4|Music School=مدرسة موسيقى|Oud Lesson=درس عود:15:60;Piano Lesson=درس بيانو:18:60
    notary|3|Notary=كاتب عدل|Attestation=تصديق:10:15;Translation=ترجمة معتمدة:15:30
    """
}
