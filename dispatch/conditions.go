package dispatch

import (
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// conditions are the values of condition keys for a call.
type conditions struct {
	call *Call
	now  func() time.Time
	last *atomic.Pointer[instant]
	// Room for what was asked for, so that most calls need no more.
	values [8]string
	used   int
}

// instant is a moment, of a second, as policies compare it. Its text is made once.
type instant struct {
	unix int64
	text string
}

// spare are conditions that nobody uses: a decision keeps nothing of them.
var spare = sync.Pool{New: func() any { return new(conditions) }}

// conditionsOf returns those of a call, until they are released.
func (d *Dispatcher) conditionsOf(c *Call) *conditions {
	values := spare.Get().(*conditions)
	values.call, values.now, values.last = c, d.Now, &d.instant
	return values
}

func (c *conditions) release() {
	*c = conditions{}
	spare.Put(c)
}

// Values implements [policy.Context]. Multi-factor authentication is not there
// at all, so aws:MultiFactorAuthPresent is absent, as for long-term keys of AWS.
func (c *conditions) Values(name string) ([]string, bool) {
	value := c.value(name)
	if value == "" {
		return nil, false
	}
	if c.used == len(c.values) {
		return []string{value}, true
	}
	c.values[c.used] = value
	c.used++
	return c.values[c.used-1 : c.used], true
}

// value returns the value of a key; empty: the key is absent.
func (c *conditions) value(name string) string {
	caller, request := c.call.Caller, c.call.Request
	switch name {
	case "aws:username":
		return caller.UserName
	case "aws:userid":
		return caller.UserID
	case "aws:principalarn":
		return caller.ARN
	case "aws:principalaccount":
		return caller.AwsAccountID
	case "aws:principaltype":
		return "User"
	case "aws:sourceip":
		return request.SourceIP
	case "aws:useragent":
		return clipped(request.UserAgent)
	case "aws:requestedregion":
		return clipped(request.Region)
	case "aws:securetransport":
		return strconv.FormatBool(request.Secure)
	}
	return c.moment(name)
}

// maxValue is how many bytes of what clients say of themselves policies see:
// patterns might take long.
const maxValue = 1 << 10

func clipped(text string) string { return text[:min(len(text), maxValue)] }

// moment returns the value of a key that is a time.
func (c *conditions) moment(name string) string {
	switch name {
	case "aws:currenttime":
		return c.currentTime()
	case "aws:epochtime":
		return strconv.FormatInt(c.now().Unix(), 10)
	case "aws:tokenissuetime":
		if ms := c.call.Caller.SessionMs; ms != 0 {
			return time.UnixMilli(ms).UTC().Format(time.RFC3339)
		}
	}
	return ""
}

func (c *conditions) currentTime() string {
	now := c.now()
	last := c.last.Load()
	if last == nil || last.unix != now.Unix() {
		last = &instant{now.Unix(), now.UTC().Format(time.RFC3339)}
		c.last.Store(last)
	}
	return last.text
}
