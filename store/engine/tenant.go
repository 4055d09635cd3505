package engine

import "context"

type tenantKey struct{}

// tenantContext is a context with a tenant.
type tenantContext struct {
	context.Context
	tenant string
}

// Value implements context.Context.
func (c *tenantContext) Value(key any) any {
	if key == (tenantKey{}) {
		return c
	}
	return c.Context.Value(key)
}

// WithTenant says for whom a View or Update works that is given the context: an
// AWS account. Engines share out by tenant what is scarce — connections, the
// turns of a single writer — so that none waits because another one asks for
// much. Without it, work is the background's, which has the smallest share.
func WithTenant(ctx context.Context, awsAccountID string) context.Context {
	return &tenantContext{ctx, awsAccountID}
}

// Tenant returns for whom the context works, "" for the background.
func Tenant(ctx context.Context) string {
	if c, ok := ctx.Value(tenantKey{}).(*tenantContext); ok {
		return c.tenant
	}
	return ""
}
