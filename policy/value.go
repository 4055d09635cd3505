package policy

import (
	"cmp"
	"net/netip"
	"strconv"
	"strings"
)

// quantity is a number: an integer, exact, or else a decimal.
type quantity struct {
	whole   int64
	decimal float64
	exact   bool
}

// parseQuantity reads a number as JSON has it.
func parseQuantity(s string) (q quantity, ok bool) {
	// The check comes first because errors of strconv take memory.
	if !isNumber(s) {
		return q, false
	}
	if len(s) <= 18 && every(s, func(c byte) bool { return c == '-' || c >= '0' && c <= '9' }) {
		n, err := strconv.ParseInt(s, 10, 64)
		return quantity{whole: n, decimal: float64(n), exact: true}, err == nil
	}
	f, err := strconv.ParseFloat(s, 64)
	return quantity{decimal: f}, err == nil
}

func (q quantity) compare(other quantity) int {
	if q.exact && other.exact {
		return cmp.Compare(q.whole, other.whole)
	}
	return cmp.Compare(q.decimal, other.decimal)
}

// instant is a point in time: seconds since 1970 and nanoseconds.
type instant struct {
	seconds int64
	nanos   int
}

func (i instant) compare(other instant) int {
	return cmp.Or(cmp.Compare(i.seconds, other.seconds), cmp.Compare(i.nanos, other.nanos))
}

// parseInstant reads seconds since 1970, or a date of ISO 8601: a year, then
// month and day, then T and hours, minutes, seconds and a fraction of them,
// then the zone, all of which may be absent from the right. No zone is UTC.
func parseInstant(s string) (i instant, ok bool) {
	if seconds, ok := parseUsual(s); ok {
		return instant{seconds: seconds}, true
	}
	if n, rest := digits(s); rest == "" && n != "" {
		return parseSeconds(n)
	}
	day, clock := s, ""
	if t := strings.IndexAny(s, "Tt"); t >= 0 {
		day, clock = s[:t], s[t+1:]
	} else if strings.IndexByte(s, '-') < 0 {
		return i, false
	}
	date, ok := parseDay(day)
	if !ok {
		return i, false
	}
	hour, ok := parseClock(clock)
	return instant{date + hour.seconds, hour.nanos}, ok
}

// parseUsual reads the form in which servers write times, 2026-11-26T12:00:00Z,
// which every request is compared by.
func parseUsual(s string) (seconds int64, ok bool) {
	const form = "0000-00-00T00:00:00Z"
	if len(s) != len(form) {
		return 0, false
	}
	for i := range len(form) {
		if c := s[i]; form[i] != '0' && c != form[i] || form[i] == '0' && (c < '0' || c > '9') {
			return 0, false
		}
	}
	two := func(at int) int { return int(s[at]-'0')*10 + int(s[at+1]-'0') }
	hour, minute, second := two(11), two(14), two(17)
	day, ok := dayOf(two(0)*100+two(2), two(5), two(8))
	return day + int64(hour*3600+minute*60+second), ok && hour < 24 && minute < 60 && second < 60
}

func parseSeconds(s string) (instant, bool) {
	if len(strings.TrimLeft(s, "0")) > 19 {
		return instant{}, false
	}
	n, err := strconv.ParseUint(s, 10, 64)
	return instant{seconds: int64(n)}, err == nil && n <= 1<<63-1
}

// parseDay returns the seconds from 1970 to the beginning of a day.
func parseDay(s string) (seconds int64, ok bool) {
	s, negative := strings.CutPrefix(s, "-")
	year, s, ok := field(s, "", 1, 9, 292278993)
	month, s, ok1 := optional(s, "-", 1, 12)
	day, s, ok2 := optional(s, "-", 1, 31)
	if !ok || !ok1 || !ok2 || s != "" {
		return 0, false
	}
	if negative {
		year = -year
	}
	seconds, ok = dayOf(year, month, day)
	return seconds, ok && year >= -292275054
}

// dayOf returns the seconds from 1970 to the beginning of a day, if there is such
// a day.
func dayOf(year, month, day int) (seconds int64, ok bool) {
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return 0, false
	}
	days := daysSince1970(year, month, day)
	return days * 86400, day <= 28 || days < daysSince1970(year+month/12, month%12+1, 1)
}

// daysSince1970 counts in the calendar of today, also before it was in use:
// 400 years have 146097 days, and when a year begins with March the leap day is
// its last and its first months are days 0, 31, 61, 92, …
func daysSince1970(year, month, day int) int64 {
	if month < 3 {
		year, month = year-1, month+12
	}
	cycle := year / 400
	if year < 0 {
		cycle = (year - 399) / 400
	}
	year -= cycle * 400
	days := year*365 + year/4 - year/100 + (153*(month-3)+2)/5 + day - 1
	return int64(cycle)*146097 + int64(days) - 719468
}

// parseClock returns the time since midnight, in UTC, which may be before it.
func parseClock(s string) (i instant, ok bool) {
	var hour, minute, second, offset int
	ok1, ok2, ok3 := true, true, true
	if s != "" && s[0] >= '0' && s[0] <= '9' {
		hour, s, ok1 = field(s, "", 1, 2, 23)
		minute, s, ok2 = optional(s, ":", 0, 59)
		second, s, ok3 = optional(s, ":", 0, 59)
	}
	i.nanos, s, ok = parseFraction(s)
	if !ok || !ok1 || !ok2 || !ok3 {
		return i, false
	}
	offset, ok = parseZone(s)
	i.seconds = int64(hour*3600 + minute*60 + second - offset)
	return i, ok
}

// parseFraction reads up to nine digits behind a point as nanoseconds.
func parseFraction(s string) (nanos int, rest string, ok bool) {
	fraction, found := strings.CutPrefix(s, ".")
	if !found {
		return 0, s, true
	}
	number, rest := digits(fraction)
	if number == "" || len(number) > 9 {
		return 0, rest, false
	}
	for i := range 9 {
		nanos *= 10
		if i < len(number) {
			nanos += int(number[i] - '0')
		}
	}
	return nanos, rest, true
}

// parseZone reads Z, an offset in hours or in hours and minutes, or nothing.
func parseZone(s string) (seconds int, ok bool) {
	if s == "" || s == "Z" || s == "z" {
		return 0, true
	}
	if s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	hours, rest, ok := field(s[1:], "", 2, 2, 23)
	minutes := 0
	if ok && rest != "" {
		minutes, rest, ok = field(rest, ":", 2, 2, 59)
	}
	seconds = hours*3600 + minutes*60
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, ok && rest == ""
}

// field reads a number with least to most digits that is at most limit.
func field(s, before string, least, most, limit int) (n int, rest string, ok bool) {
	s, ok = strings.CutPrefix(s, before)
	number, rest := digits(s)
	if !ok || len(number) < least || len(number) > most {
		return 0, rest, false
	}
	for i := range len(number) {
		n = n*10 + int(number[i]-'0')
	}
	return n, rest, n <= limit
}

// optional reads a number of two digits at most behind before. Without it, the
// number is the lowest.
func optional(s, before string, lowest, limit int) (n int, rest string, ok bool) {
	if !strings.HasPrefix(s, before) {
		return lowest, s, true
	}
	n, rest, ok = field(s, before, 1, 2, limit)
	return n, rest, ok && n >= lowest
}

// parseNetwork reads a network in CIDR notation, or an address, which is a
// network of one. Bits behind the prefix do not count.
func parseNetwork(s string) (netip.Prefix, bool) {
	if strings.IndexByte(s, '/') >= 0 {
		p, err := netip.ParsePrefix(s)
		return p.Masked(), err == nil
	}
	a, ok := parseAddress(s)
	if !ok {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}

// parseAddress reads an address. One of IPv4 in the clothes of IPv6 is one of
// IPv4.
func parseAddress(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	return a.Unmap(), err == nil && a.Zone() == ""
}
