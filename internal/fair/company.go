package fair

import "time"

// lasting is for how long who was here is still company.
const lasting = 200 * time.Millisecond

// company knows which two tenants were here last.
type company [2]visit

type visit struct {
	tenant string
	at     time.Time
}

// note says that a tenant is here. The background is company to nobody.
func (c *company) note(tenant string) {
	if tenant == Background {
		return
	}
	if c[0].tenant != tenant {
		c[1] = c[0]
	}
	c[0] = visit{tenant, time.Now()}
}

// of reports whether a tenant other than this one was here just now.
func (c *company) of(tenant string) bool {
	other := c[0]
	if other.tenant == tenant {
		other = c[1]
	}
	return time.Since(other.at) < lasting
}
