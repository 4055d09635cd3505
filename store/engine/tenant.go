package engine

import "context"

type tenantKey struct{}

// WithTenant says for whom a View or Update works that is given the context: an
// AWS account. Engines share out by tenant what is scarce — connections, the
// turns of a single writer — so that none waits because another one asks for
// much. Without it, work is the background's, which has the smallest share.
func WithTenant(ctx context.Context, awsAccountID string) context.Context {
	return context.WithValue(ctx, tenantKey{}, awsAccountID)
}

// Tenant returns for whom the context works, "" for the background.
func Tenant(ctx context.Context) string {
	tenant, _ := ctx.Value(tenantKey{}).(string)
	return tenant
}
