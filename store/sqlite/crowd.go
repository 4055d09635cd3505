package sqlite

import (
	"sync/atomic"

	"carillon/internal/fair"
)

// crowd knows whether several tenants use the database.
type crowd struct {
	last    atomic.Pointer[string] // the tenant that was here last
	met     atomic.Bool            // another one was here since the last look
	company int                    // for how many looks there is still company
}

// lasting is after how many looks without company a tenant is alone again.
const lasting = 4

// note says who is here. It costs next to nothing as long as that stays the
// same. The background does not count.
func (c *crowd) note(tenant string) {
	last := c.last.Load()
	if tenant == fair.Background || last != nil && *last == tenant {
		return
	}
	name := tenant
	c.last.Store(&name)
	if last != nil {
		c.met.Store(true)
	}
}

// near looks whether there are several. Only one goroutine may call it.
func (c *crowd) near() bool {
	if c.met.Swap(false) {
		c.company = lasting
	}
	c.company = max(0, c.company-1)
	return c.company > 0
}
