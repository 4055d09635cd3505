package chime

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/url"
	"regexp"

	"carillon/api"
	"carillon/store"
)

func eventsShape(b *store.Bot) *api.EventsConfiguration {
	return &api.EventsConfiguration{
		BotId: api.Some(b.BotID), LambdaFunctionArn: api.NonZero(b.LambdaArn), OutboundEventsHTTPSEndpoint: api.NonZero(b.HTTPSEndpoint),
	}
}

var lambdaARN = regexp.MustCompile(`^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9$_-]{1,128})?$`)

// PutEventsConfiguration says where a bot's events go. An HTTPS endpoint must
// answer a challenge first.
func (s *Service) PutEventsConfiguration(ctx context.Context, in *api.PutEventsConfigurationInput) (*api.PutEventsConfigurationOutput, error) {
	if err := checkEvents(in); err != nil {
		return nil, err
	}
	// The bot must be the caller's before anything is sent anywhere, and the
	// endpoint is asked outside the transaction.
	if err := s.changeBot(ctx, in.AccountId, in.BotId, func(*store.Bot) error { return nil }); err != nil {
		return nil, err
	}
	if in.OutboundEventsHTTPSEndpoint.Set {
		if err := s.challenge(ctx, in.OutboundEventsHTTPSEndpoint.V); err != nil {
			return nil, err
		}
	}
	var out api.PutEventsConfigurationOutput
	err := s.changeBot(ctx, in.AccountId, in.BotId, func(b *store.Bot) error {
		b.HTTPSEndpoint, b.LambdaArn = in.OutboundEventsHTTPSEndpoint.V, in.LambdaFunctionArn.V
		out.EventsConfiguration = eventsShape(b)
		return nil
	})
	return &out, err
}

func checkEvents(in *api.PutEventsConfigurationInput) error {
	switch {
	case in.OutboundEventsHTTPSEndpoint.Set == in.LambdaFunctionArn.Set:
		return api.BadRequest.Errorf("%s: give either OutboundEventsHTTPSEndpoint or LambdaFunctionArn", messageBadRequest)
	case in.LambdaFunctionArn.Set:
		if !lambdaARN.MatchString(in.LambdaFunctionArn.V) {
			return api.Invalid("LambdaFunctionArn", "be the ARN of a Lambda function")
		}
		return nil
	}
	u, err := url.Parse(in.OutboundEventsHTTPSEndpoint.V)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return api.Invalid("OutboundEventsHTTPSEndpoint", "be a URL that begins with https:// and has no user name")
	}
	return nil
}

// challenge makes sure that an endpoint wants the events: it must answer 200
// with the challenge it was sent.
func (s *Service) challenge(ctx context.Context, endpoint string) error {
	var sent struct{ Challenge, EventType string }
	sent.Challenge, sent.EventType = rand.Text()[:20], "HTTPSEndpointVerification"
	body, _ := json.Marshal(sent) // strings always marshal
	answer, err := s.Webhooks(ctx, endpoint, nil, body)
	if err != nil {
		return api.BadRequest.Errorf("%s: OutboundEventsHTTPSEndpoint could not be verified: %v", messageBadRequest, err)
	}
	var got struct{ Challenge string }
	switch {
	case answer.Status != 200:
		return api.BadRequest.Errorf("%s: OutboundEventsHTTPSEndpoint answered the challenge with status %d, not 200", messageBadRequest, answer.Status)
	case json.Unmarshal(answer.Body, &got) != nil || got.Challenge != sent.Challenge:
		return api.BadRequest.Errorf("%s: OutboundEventsHTTPSEndpoint answered 200 but did not repeat the challenge as JSON", messageBadRequest)
	}
	return nil
}

// GetEventsConfiguration returns where a bot's events go.
func (s *Service) GetEventsConfiguration(ctx context.Context, in *api.GetEventsConfigurationInput) (*api.GetEventsConfigurationOutput, error) {
	var out api.GetEventsConfigurationOutput
	err := s.inBot(ctx, in.AccountId, in.BotId, func(_ store.Records, b *store.Bot) error {
		if b.HTTPSEndpoint == "" && b.LambdaArn == "" {
			return notFound()
		}
		out.EventsConfiguration = eventsShape(b)
		return nil
	})
	return &out, err
}

// DeleteEventsConfiguration ends a bot's events.
func (s *Service) DeleteEventsConfiguration(ctx context.Context, in *api.DeleteEventsConfigurationInput) error {
	return s.changeBot(ctx, in.AccountId, in.BotId, func(b *store.Bot) error {
		b.HTTPSEndpoint, b.LambdaArn = "", ""
		return nil
	})
}
