package access

import "sync"

// cache remembers credentials, until what they were made of changes. It holds
// keys that may sign, so that nobody else can fill it.
type cache struct {
	entries    sync.Map // access key id → *entry
	mu         sync.Mutex
	generation int64 // counts changes of keys; mu guards it, writing entries, and the rest
	byAccount  map[string]*part
	cost       int
}

// part is what an AWS account has of the cache.
type part struct {
	ids  map[string]bool
	cost int
}

// entry is a credential with what it takes of the cache.
type entry struct {
	*Credential
	cost int
}

// maxCacheCost is what all credentials may take, about, in bytes.
const maxCacheCost = 64 << 20

func (c *cache) get(id string) (*Credential, bool) {
	v, ok := c.entries.Load(id)
	if !ok {
		return nil, false
	}
	return v.(*entry).Credential, true
}

// now returns the generation that a read of the store belongs to.
func (c *cache) now() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.generation
}

// put remembers what was read, unless something changed since then.
func (c *cache) put(id string, cred *Credential, cost int, generation int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation != generation || cost > maxCacheCost {
		return
	}
	account := cred.Caller.AwsAccountID
	c.drop(id)
	if !c.makeRoom(cost, account) {
		return
	}
	c.entries.Store(id, &entry{cred, cost})
	c.cost += cost
	if c.byAccount == nil {
		c.byAccount = map[string]*part{}
	}
	if c.byAccount[account] == nil {
		c.byAccount[account] = &part{ids: map[string]bool{}}
	}
	p := c.byAccount[account]
	p.ids[id] = true
	p.cost += cost
}

// makeRoom drops credentials of those who have most until there is room for one
// more of an AWS account, so that nobody's many or large ones take the place of
// others' few. It reports false if who would have most is that account itself, and
// has nothing that could be dropped.
func (c *cache) makeRoom(cost int, account string) bool {
	for c.cost+cost > maxCacheCost {
		largest, most := c.byAccount[account], cost
		if largest != nil {
			most += largest.cost
		}
		for _, p := range c.byAccount {
			if p.cost > most {
				largest, most = p, p.cost
			}
		}
		if largest == nil {
			return false
		}
		c.dropOne(largest)
	}
	return true
}

func (c *cache) dropOne(p *part) {
	for id := range p.ids {
		c.drop(id)
		return
	}
}

func (c *cache) drop(id string) {
	v, ok := c.entries.LoadAndDelete(id)
	if !ok {
		return
	}
	e := v.(*entry)
	c.cost -= e.cost
	p := c.byAccount[e.Caller.AwsAccountID]
	p.cost -= e.cost
	if delete(p.ids, id); len(p.ids) == 0 {
		delete(c.byAccount, e.Caller.AwsAccountID)
	}
}

// forget drops the credentials of an AWS account, and what is being read now.
func (c *cache) forget(awsAccountID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	p := c.byAccount[awsAccountID]
	for p != nil && len(p.ids) > 0 {
		c.dropOne(p)
	}
}

// clear drops everything.
func (c *cache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	c.entries.Clear()
	c.byAccount, c.cost = nil, 0
}
