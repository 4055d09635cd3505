package main

import (
	"context"

	"carillon/internal/client"
)

type webhookCmd struct {
	Create webhookCreateCmd `cmd:"" help:"Make an incoming webhook for a room."`
	List   webhookListCmd   `cmd:"" help:"List the webhooks of a room."`
	Delete webhookDeleteCmd `cmd:"" help:"Delete a webhook."`
}

type webhookCreateCmd struct {
	roomFlags
	Name string `help:"Name that messages of the webhook come from." default:"Webhook" placeholder:"NAME"`
	remoteFlags
}

// Run makes the webhook.
func (c *webhookCreateCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "CreateRoomWebhook", client.Members{"AccountId": c.AccountID, "RoomId": c.RoomID, "Name": c.Name})
}

type webhookListCmd struct {
	roomFlags
	remoteFlags
}

// Run lists the webhooks.
func (c *webhookListCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "ListRoomWebhooks", client.Members{"AccountId": c.AccountID, "RoomId": c.RoomID})
}

type webhookDeleteCmd struct {
	roomFlags
	WebhookID string `name:"webhook-id" help:"Webhook." required:"" placeholder:"ID"`
	remoteFlags
}

// Run deletes the webhook.
func (c *webhookDeleteCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "DeleteRoomWebhook", client.Members{"AccountId": c.AccountID, "RoomId": c.RoomID, "WebhookId": c.WebhookID})
}
