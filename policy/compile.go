package policy

import "strings"

// Source is a document and where it comes from, as explanations name it.
type Source struct {
	// ID and Kind are the SourcePolicyId and SourcePolicyType of the simulator.
	ID, Kind string
	// Document is the policy. A nil one says nothing.
	Document *Document
}

// Set is the policies of one principal, ready for decisions. It never changes
// and is safe for concurrent use. The zero Set and the nil Set allow nothing.
type Set struct {
	rules []rule
}

// rule is a statement, ready for use.
type rule struct {
	deny       bool
	actions    actions
	resources  resources
	conditions []condition
	origin     Match
}

// Compile makes a Set of all statements of some documents.
func Compile(sources ...Source) *Set {
	set := &Set{}
	for _, source := range sources {
		if source.Document == nil {
			continue
		}
		for i := range source.Document.statements {
			set.rules = append(set.rules, compileRule(&source, &source.Document.statements[i]))
		}
	}
	return set
}

func compileRule(source *Source, s *statement) rule {
	r := rule{
		deny:      s.effect.string == "Deny",
		actions:   compileActions(&s.actions),
		resources: compileResources(&s.resources),
		origin:    Match{SourceID: source.ID, SourceKind: source.Kind, Start: s.start, End: s.end},
	}
	for i := range s.conditions {
		r.conditions = append(r.conditions, compileCondition(&s.conditions[i]))
	}
	return r
}

// applies tells whether a statement is about the request.
func (r *rule) applies(q *query) bool {
	return r.actions.match(q) && r.resources.match(q) && r.holds(q)
}

func (r *rule) holds(q *query) bool {
	for i := range r.conditions {
		if !r.conditions[i].holds(q.Context) {
			return false
		}
	}
	return true
}

// query is a request with what is worked out once for all rules.
type query struct {
	Request
	hash uint64 // of the action
}

// actions are those of a rule: names by their hash, and patterns.
type actions struct {
	not      bool
	all      bool // there is a *
	names    []name
	patterns []pattern
}

type name struct {
	hash uint64
	text string // in lower case
}

func compileActions(l *list) actions {
	a := actions{not: l.not}
	for _, v := range l.values {
		// Actions have no variables: a ${ is what it is.
		p := scanPattern(lowerASCII(v.string), "*?", 0)
		switch {
		case p.shape == constant:
			a.names = append(a.names, name{hashFold(p.text), p.text})
		case p.shape == leading && p.text == "":
			a.all = true
		default:
			a.patterns = append(a.patterns, p)
		}
	}
	return a
}

func (a *actions) match(q *query) bool {
	return (a.all || a.named(q) || a.fit(q.Action)) != a.not
}

func (a *actions) named(q *query) bool {
	for i := range a.names {
		n := &a.names[i]
		if n.hash == q.hash && len(n.text) == len(q.Action) && hasPrefixFold(q.Action, n.text) {
			return true
		}
	}
	return false
}

func (a *actions) fit(action string) bool {
	for i := range a.patterns {
		p := &a.patterns[i]
		if p.shape == leading && hasPrefixFold(action, p.text) || p.shape == general && glob(p.tokens, nil, action, true) {
			return true
		}
	}
	return false
}

// hashFold is FNV-1a of a text without regard to letter case.
func hashFold(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(lowerByte(s[i]))) * 1099511628211
	}
	return h
}

// resources are those of a rule.
type resources struct {
	not      bool
	patterns []pattern
}

// compileResources makes patterns of ARNs. A wildcard may match any characters,
// colons and slashes too: IAM documents it for slashes, and for colons where
// the asterisk ends a part of the ARN, which is where people write it. An ARN
// with less than six parts stands for all that the missing ones may be.
func compileResources(l *list) resources {
	r := resources{not: l.not}
	for _, v := range l.values {
		s := v.string
		if s != "*" {
			s += strings.Repeat(":*", 6-len(parseARN(s).parts))
		}
		r.patterns = append(r.patterns, parsePattern(s, true))
	}
	return r
}

func (r *resources) match(q *query) bool {
	for i := range r.patterns {
		if r.patterns[i].matches(q.Resource, q.Context) {
			return !r.not
		}
	}
	return r.not
}

// references returns the variables in a rule's resources and conditions.
func (r *rule) references() (all []reference) {
	for i := range r.resources.patterns {
		all = append(all, r.resources.patterns[i].variables...)
	}
	for i := range r.conditions {
		c := &r.conditions[i]
		all = append(all, reference{key: c.key, name: c.name})
		for _, o := range c.operands {
			all = append(all, o.references()...)
		}
	}
	return all
}
