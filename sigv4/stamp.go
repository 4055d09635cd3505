package sigv4

import "time"

// The times of signatures have one form, which every request has three times: it
// is read and written here in a fraction of what package time takes for any form.

// parseStamp reads a time such as 20180701T123456Z.
func parseStamp(s string) (t time.Time, ok bool) {
	if len(s) != len(isoBasic) || s[8] != 'T' || s[15] != 'Z' {
		return t, false
	}
	var parts [6]int // year, month, day, hour, minute, second
	for i, at := range [...]int{2, 4, 6, 9, 11, 13} {
		n := twoDigits(s[at : at+2])
		if n < 0 {
			return t, false
		}
		parts[i] = n
	}
	century := twoDigits(s)
	t = time.Date(100*century+parts[0], time.Month(parts[1]), parts[2], parts[3], parts[4], parts[5], 0, time.UTC)
	// What is out of its range, as the 31st of June, has become another time.
	var again [len(isoBasic)]byte
	return t, century >= 0 && string(appendStamp(again[:0], t)) == s
}

// twoDigits returns the number that s begins with, or -1.
func twoDigits(s string) int {
	tens, ones := s[0]-'0', s[1]-'0'
	if tens > 9 || ones > 9 {
		return -1
	}
	return int(10*tens + ones)
}

// appendStamp appends a time in UTC as parseStamp reads it.
func appendStamp(dst []byte, t time.Time) []byte {
	hour, minute, second := t.Clock()
	dst = append(appendDay(dst, t), 'T')
	for _, n := range [...]int{hour, minute, second} {
		dst = appendTwo(dst, n)
	}
	return append(dst, 'Z')
}

// appendDay appends the day of a time in UTC, such as 20180701.
func appendDay(dst []byte, t time.Time) []byte {
	year, month, day := t.Date()
	for _, n := range [...]int{year / 100, year % 100, int(month), day} {
		dst = appendTwo(dst, n)
	}
	return dst
}

func appendTwo(dst []byte, n int) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }
