package jsonscan

import "testing"

func TestMillis(t *testing.T) {
	const seconds, outside = "the document must be a number of seconds, not ", "the document must be a number of seconds since 1970, before the year 10000"
	for _, test := range []struct {
		doc  string
		want int64
		err  string
	}{
		{"0", 0, ""},
		{" 1793491200 ", 1793491200000, ""},
		{"1793491200.5", 1793491200500, ""},
		{"1793491200.0014", 1793491200001, ""},
		{"1.7E9", 1700000000000, ""},
		{"-0.0015", -2, ""},
		{"253402300799", 253402300799000, ""},
		{"1e-400", 0, ""},
		{"253402300800", 0, outside},
		{"-1e300", 0, outside},
		{"1e400", 0, outside},
		{`"1"`, 0, seconds + "a string"},
		{"null", 0, seconds + "null"},
		{"true", 0, seconds + "a boolean"},
		{"", 0, "invalid JSON at byte 0: expected a value"},
		{"01", 0, "invalid JSON at byte 1: unexpected text after the document"},
		{"1.", 0, "invalid JSON at byte 2: malformed number"},
		{"NaN", 0, "invalid JSON at byte 0: expected a value"},
	} {
		s := New([]byte(test.doc))
		got, ok := s.Millis()
		err := s.Finish()
		text := ""
		if err != nil {
			text = err.Error()
		}
		if text != test.err || text == "" && (!ok || got != test.want) {
			t.Errorf("%s: got %d, %v, want %d, %q", test.doc, got, err, test.want, test.err)
		}
	}
}
