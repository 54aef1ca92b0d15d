/// Days since 1970-01-01 and dates of the proleptic Gregorian calendar.
struct CivilDate: Hashable {
  var year: Int
  var month: Int
  var day: Int

  private static let daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]

  private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  /// Days from 0001-01-01 to the first day of `year`, for years from 1 on.
  private static func days(before year: Int) -> Int {
    let past = year - 1
    return past * 365 + past / 4 - past / 100 + past / 400
  }

  private static let epoch = days(before: 1970)

  /// Nil when there is no such day. Years are 1 to 9999.
  init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
    let lengths = [31, Self.isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard day <= lengths[month - 1] else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// The date `days` after 1970-01-01, which must be in the years 1 to 9999.
  init(daysSince1970 days: Int) {
    let total = days + Self.epoch
    // An estimate that is at most one year too large or too small.
    var year = total * 400 / 146_097 + 1
    while year > 1 && Self.days(before: year) > total { year -= 1 }
    while Self.days(before: year + 1) <= total { year += 1 }
    var rest = total - Self.days(before: year)
    let leapDay = Self.isLeap(year) ? 1 : 0
    var month = 12
    while month > 1 && Self.daysBefore[month - 1] + (month > 2 ? leapDay : 0) > rest { month -= 1 }
    rest -= Self.daysBefore[month - 1] + (month > 2 ? leapDay : 0)
    self.year = year
    self.month = month
    day = rest + 1
  }

  var daysSince1970: Int {
    let leapDay = month > 2 && Self.isLeap(year) ? 1 : 0
    return Self.days(before: year) + Self.daysBefore[month - 1] + leapDay + day - 1 - Self.epoch
  }
}
