package jsonscan

import (
	"math"
	"strconv"
)

// maxSeconds is the end of the year 9999, and as far before 1970 nobody looks.
const maxSeconds = 253402300799

// Millis reads a moment, a number of seconds since 1970 with or without a
// fraction, as milliseconds. It reports false for anything else, which is an error.
func (s *Scanner) Millis() (int64, bool) {
	c := s.peek()
	if !s.expect(c == '-' || isDigit(c), "a number of seconds") {
		return 0, false
	}
	start := s.pos
	s.number()
	if s.err != nil {
		return 0, false
	}
	seconds, err := strconv.ParseFloat(string(s.data[start:s.pos]), 64)
	if err != nil || math.Abs(seconds) > maxSeconds {
		s.pos = start
		s.refuse("be a number of seconds since 1970, before the year 10000")
		return 0, false
	}
	return int64(math.Round(seconds * 1000)), true
}
