package access

import "sync"

// cache remembers credentials, until what they were made of changes. It holds
// keys that may sign, so that nobody else can fill it.
type cache struct {
	entries    sync.Map // access key id → *entry
	mu         sync.Mutex
	generation int64 // counts changes of keys; mu guards it, writing entries, and the rest
	byAccount  map[string]map[string]bool
	cost       int
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
	c.drop(id)
	c.makeRoom(cost)
	c.entries.Store(id, &entry{cred, cost})
	c.cost += cost
	account := cred.Caller.AwsAccountID
	if c.byAccount == nil {
		c.byAccount = map[string]map[string]bool{}
	}
	if c.byAccount[account] == nil {
		c.byAccount[account] = map[string]bool{}
	}
	c.byAccount[account][id] = true
}

// makeRoom drops whatever comes first until there is room.
func (c *cache) makeRoom(cost int) {
	if c.cost+cost <= maxCacheCost {
		return
	}
	c.entries.Range(func(id, _ any) bool {
		c.drop(id.(string))
		return c.cost+cost > maxCacheCost
	})
}

func (c *cache) drop(id string) {
	v, ok := c.entries.LoadAndDelete(id)
	if !ok {
		return
	}
	e := v.(*entry)
	c.cost -= e.cost
	account := e.Caller.AwsAccountID
	delete(c.byAccount[account], id)
	if len(c.byAccount[account]) == 0 {
		delete(c.byAccount, account)
	}
}

// forget drops the credentials of an AWS account, and what is being read now.
func (c *cache) forget(awsAccountID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	for id := range c.byAccount[awsAccountID] {
		c.drop(id)
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
