package server

import (
	"strings"
	"sync"
	"time"
)

// proofs remembers from where requests came whose signature was right. Anybody
// can name an access key; who names it from the address of its owner is taken
// for the owner before the signature is checked, as long as only room for
// reading the request is at stake.
type proofs struct {
	mu      sync.RWMutex
	recent  map[proof]struct{}
	older   map[proof]struct{} // those before; what is used again becomes recent
	rotated time.Time
}

type proof struct{ accessKeyID, source string }

const (
	proofLifetime = 10 * time.Minute // to twice that
	maxProofs     = 10_000           // of each generation
)

func newProofs() *proofs {
	return &proofs{recent: map[proof]struct{}{}, older: map[proof]struct{}{}, rotated: time.Now()}
}

// has reports whether the key has lately signed a request from there.
func (p *proofs) has(accessKeyID, source string) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	key := proof{accessKeyID, source}
	if _, ok := p.recent[key]; ok {
		return true
	}
	_, ok := p.older[key]
	return ok
}

// add remembers a signature that was right.
func (p *proofs) add(accessKeyID, source string, now time.Time) {
	if p.fresh(accessKeyID, source, now) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.recent) >= maxProofs || now.Sub(p.rotated) > proofLifetime {
		p.older, p.recent, p.rotated = p.recent, map[proof]struct{}{}, now
	}
	// Cloned, because they share memory with all of a request's head.
	p.recent[proof{strings.Clone(accessKeyID), strings.Clone(source)}] = struct{}{}
}

// fresh reports that there is nothing to remember.
func (p *proofs) fresh(accessKeyID, source string, now time.Time) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	_, ok := p.recent[proof{accessKeyID, source}]
	return ok && now.Sub(p.rotated) <= proofLifetime
}
