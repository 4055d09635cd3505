package main

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// days is a duration that may be given in days, as in 365d.
type days time.Duration

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *days) UnmarshalText(text []byte) error {
	if number, ok := strings.CutSuffix(string(text), "d"); ok {
		n, err := strconv.ParseUint(number, 10, 16)
		*d = days(n) * days(24*time.Hour)
		return err
	}
	v, err := time.ParseDuration(string(text))
	if err == nil && v < 0 {
		err = errors.New("a duration takes no negative value")
	}
	*d = days(v)
	return err
}
