package sigv4

import (
	"math/rand/v2"
	"testing"
	"time"
)

// stampAsTime is parseStamp by way of package time.
func stampAsTime(s string) (time.Time, bool) {
	if len(s) != len(isoBasic) {
		return time.Time{}, false
	}
	t, err := time.Parse(isoBasic, s)
	return t, err == nil
}

func checkStamp(t *testing.T, s string) {
	t.Helper()
	got, ok := parseStamp(s)
	want, wantOK := stampAsTime(s)
	if ok != wantOK || ok && !got.Equal(want) {
		t.Errorf("%q: %v %v, want %v %v", s, got, ok, want, wantOK)
	}
}

func TestStamp(t *testing.T) {
	for _, s := range []string{
		"", "20180701T123456Z", "20180701T123456", "20180701t123456Z", "20180701T123456z", "20180701T123456ZZ", "2018-07-01T12:34Z",
		"20180229T000000Z", "20200229T000000Z", "20180631T000000Z", "20180701T240000Z", "20180701T235960Z", "20180701T006000Z",
		"20180001T000000Z", "20181301T000000Z", "20180700T000000Z", "00000101T000000Z", "99991231T235959Z",
		"+0180701T123456Z", "-0180701T123456Z", "2 180701T123456Z", "2018 701T123456Z", "20180701T12345.Z", "20180701T1234é", "201807٣T123456Z",
	} {
		checkStamp(t, s)
	}
	const digits = "0123456789"
	for range 20_000 {
		s := []byte("20180701T123456Z")
		for range 1 + rand.IntN(3) {
			if i := rand.IntN(len(s) - 1); i != 8 {
				s[i] = digits[rand.IntN(len(digits))]
			}
		}
		checkStamp(t, string(s))
	}
}

func TestAppendStamp(t *testing.T) {
	for range 1000 {
		at := time.Unix(rand.Int64N(200_000_000_000), 0).UTC()
		if got, want := string(appendStamp(nil, at)), at.Format(isoBasic); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if got, want := string(appendDay(nil, at)), at.Format(isoDay); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
