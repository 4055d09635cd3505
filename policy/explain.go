package policy

// Match is a statement that decided.
type Match struct {
	// SourceID and SourceKind are those of the Source.
	SourceID, SourceKind string
	// Start and End are where the simulator says that the statement begins and
	// ends: behind the bracket or the statement before it, and behind its brace.
	// A statement that is not in a list begins behind its own opening brace.
	Start, End Position
}

// Explanation is a decision with its reasons.
type Explanation struct {
	// Decision is what Decide answers to the request.
	Decision Decision
	// Matched are the statements that made the decision, in the order of the
	// sources: those that deny or, if none does, those that allow.
	Matched []Match
	// Missing are the condition keys that statements about this action and
	// resource refer to and the Context lacks, each once, as spelled where the
	// first stands. Variables with a default are not missed.
	Missing []string
}

// Explain answers a request with the reasons.
func (s *Set) Explain(r *Request) Explanation {
	e := Explanation{Decision: s.Decide(r)}
	if s == nil {
		return e
	}
	q := query{*r, hashFold(r.Action)}
	missing := keys{}
	for i := range s.rules {
		rule := &s.rules[i]
		if e.Decision != ImplicitDeny && rule.deny == (e.Decision == ExplicitDeny) && rule.applies(&q) {
			e.Matched = append(e.Matched, rule.origin)
		}
		rule.missing(&q, &missing)
	}
	e.Missing = missing.names
	return e
}

// missing collects the keys that the rule needs and the request lacks, if the
// rule is about the request or might be if it had a key.
func (r *rule) missing(q *query, missing *keys) {
	if !r.actions.match(q) || !r.resources.match(q) && !r.resources.open(q.Context) {
		return
	}
	for _, ref := range r.references() {
		if !ref.optional && len(lookup(q.Context, ref.key)) == 0 {
			missing.add(ref)
		}
	}
}

// open tells whether a resource has a variable without a value.
func (r *resources) open(ctx Context) bool {
	for i := range r.patterns {
		if _, ok := r.patterns[i].resolve(nil, ctx); !ok {
			return true
		}
	}
	return false
}

// ContextKeys returns the condition keys that the document refers to, in
// conditions and as variables: each once, as spelled where the first stands, in
// the order of the document.
func (d *Document) ContextKeys() []string {
	var all keys
	for _, rule := range Compile(Source{Document: d}).rules {
		for _, ref := range rule.references() {
			all.add(ref)
		}
	}
	return all.names
}

// keys are names without repetition. The zero value is empty.
type keys struct {
	seen  map[string]bool
	names []string
}

func (k *keys) add(r reference) {
	if r.key == "" || k.seen[r.key] {
		return
	}
	if k.seen == nil {
		k.seen = map[string]bool{}
	}
	k.seen[r.key] = true
	k.names = append(k.names, r.name)
}
