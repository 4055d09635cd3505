package policy

import "unsafe"

// Size is about how many bytes the set takes, beside the text of its documents.
func (s *Set) Size() int {
	if s == nil {
		return 0
	}
	size := 0
	for i := range s.rules {
		size += s.rules[i].size()
	}
	return size
}

func (r *rule) size() int {
	size := int(unsafe.Sizeof(*r)) + sizeOf(r.actions.patterns) + sizeOf(r.resources.patterns)
	for i := range r.actions.names {
		size += int(unsafe.Sizeof(r.actions.names[i])) + len(r.actions.names[i].text)
	}
	for i := range r.conditions {
		size += r.conditions[i].size()
	}
	return size
}

func (c *condition) size() int {
	size := int(unsafe.Sizeof(*c)) + len(c.key)
	for _, o := range c.operands {
		size += int(unsafe.Sizeof(o))
		switch o := o.(type) {
		case patternOperand:
			size += o.pattern.size()
		case foldedOperand:
			size += o.pattern.size()
		case boolOperand:
			size += o.pattern.size()
		case arnOperand:
			size += sizeOf(o.parts)
		case networkOperand:
			size += len(o.networks) * int(unsafe.Sizeof(o.networks[0]))
		default: // numbers and times
			size += int(unsafe.Sizeof(quantityOperand{}))
		}
	}
	return size
}

func sizeOf(list []pattern) (size int) {
	for i := range list {
		size += list[i].size()
	}
	return size
}

func (p *pattern) size() int {
	const least = 16 // of what is allocated for a text
	size := int(unsafe.Sizeof(*p)) + len(p.variables)*int(unsafe.Sizeof(reference{}))
	for i := range p.tokens {
		size += int(unsafe.Sizeof(p.tokens[i]))
		if n := len(p.tokens[i].text); n > 0 {
			size += max(n, least)
		}
	}
	return size
}
