package chime

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/url"
	"regexp"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

func eventsShape(b *store.Bot) *api.EventsConfiguration {
	return &api.EventsConfiguration{
		BotId: api.Some(b.BotID), LambdaFunctionArn: api.NonZero(b.LambdaArn), OutboundEventsHTTPSEndpoint: api.NonZero(b.HTTPSEndpoint),
	}
}

var lambdaARN = regexp.MustCompile(`^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9$_-]{1,128})?$`)

// PreparePutEventsConfiguration makes sure that the bot is the caller's before
// anything is sent anywhere; then an HTTPS endpoint must answer a challenge.
func (s *Service) PreparePutEventsConfiguration(w *work.Unit, in *api.PutEventsConfigurationInput) (api.Errand, error) {
	if err := checkEvents(in); err != nil {
		return nil, err
	}
	if _, err := writableAccount(w, in.AccountId); err != nil {
		return nil, err
	}
	if _, err := bot(w, in.AccountId, in.BotId); err != nil || !in.OutboundEventsHTTPSEndpoint.Set {
		return nil, err
	}
	return func(ctx context.Context) error { return s.challenge(ctx, in.OutboundEventsHTTPSEndpoint.V) }, nil
}

// PutEventsConfiguration says where a bot's events go.
func (s *Service) PutEventsConfiguration(w *work.Unit, in *api.PutEventsConfigurationInput) (*api.PutEventsConfigurationOutput, error) {
	b, err := lockBot(w, in.AccountId, in.BotId)
	if err != nil {
		return nil, err
	}
	b.HTTPSEndpoint, b.LambdaArn = in.OutboundEventsHTTPSEndpoint.V, in.LambdaFunctionArn.V
	return &api.PutEventsConfigurationOutput{EventsConfiguration: eventsShape(b)}, w.UpdateBot(b)
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
	status, answer, err := s.config.Webhooks(ctx, endpoint, nil, body)
	if err != nil {
		return api.BadRequest.Errorf("%s: OutboundEventsHTTPSEndpoint could not be verified: %v", messageBadRequest, err)
	}
	var got struct{ Challenge string }
	switch {
	case status != 200:
		return api.BadRequest.Errorf("%s: OutboundEventsHTTPSEndpoint answered the challenge with status %d, not 200", messageBadRequest, status)
	case json.Unmarshal(answer, &got) != nil || got.Challenge != sent.Challenge:
		return api.BadRequest.Errorf("%s: OutboundEventsHTTPSEndpoint answered 200 but did not repeat the challenge as JSON", messageBadRequest)
	}
	return nil
}

// GetEventsConfiguration returns where a bot's events go.
func (s *Service) GetEventsConfiguration(w *work.Unit, in *api.GetEventsConfigurationInput) (*api.GetEventsConfigurationOutput, error) {
	b, err := bot(w, in.AccountId, in.BotId)
	if err != nil {
		return nil, err
	}
	if b.HTTPSEndpoint == "" && b.LambdaArn == "" {
		return nil, api.NotFound.Errorf("%s: the bot has no events configuration", messageNotFound)
	}
	return &api.GetEventsConfigurationOutput{EventsConfiguration: eventsShape(b)}, nil
}

// DeleteEventsConfiguration ends a bot's events.
func (s *Service) DeleteEventsConfiguration(w *work.Unit, in *api.DeleteEventsConfigurationInput) error {
	b, err := lockBot(w, in.AccountId, in.BotId)
	if err != nil {
		return err
	}
	b.HTTPSEndpoint, b.LambdaArn = "", ""
	return w.UpdateBot(b)
}
