package chime

import (
	"context"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"carillon/api"
	"carillon/store"
)

// Limits of bots.
const (
	maxBotName   = 55 // characters
	botPageSize  = 10
	tokenLength  = 40 // characters of a security token
	botNameTail  = " (Bot)"
	botEmailTail = "-chimebot@"
)

// botName is the name that answers show.
func botName(displayName string) string { return displayName + botNameTail }

func (s *Service) botShape(b *store.Bot) *api.Bot {
	return &api.Bot{
		BotEmail: api.Some(b.Email), BotId: api.Some(b.BotID), BotType: api.Some(api.BotTypeChatBot),
		CreatedTimestamp: api.Timestamp(b.CreatedMs), Disabled: api.Some(b.Disabled), DisplayName: api.Some(botName(b.DisplayName)),
		SecurityToken: api.Some(s.securityToken(b)), UpdatedTimestamp: api.Timestamp(b.UpdatedMs), UserId: api.Some(b.BotID),
	}
}

// securityToken is derived from the bot and how often it was regenerated.
func (s *Service) securityToken(b *store.Bot) string {
	secret := s.derive("bot", b.BotID+"\x00"+strconv.FormatInt(b.TokenSerial, 10))
	return base64.StdEncoding.EncodeToString(secret)[:tokenLength]
}

// CreateBot makes a bot with an address in one of the account's domains.
func (s *Service) CreateBot(ctx context.Context, in *api.CreateBotInput) (*api.CreateBotOutput, error) {
	local, err := botLocalPart(in.DisplayName.V)
	if err != nil {
		return nil, err
	}
	var out api.CreateBotOutput
	err = s.changeAccount(ctx, in.AccountId, func(r store.Records, a *store.Account) error {
		if err := enterprise(a); err != nil {
			return err
		}
		domain, err := botDomain(r, a, in.Domain)
		if err != nil {
			return err
		}
		now := s.nowMs()
		b := &store.Bot{
			AccountID: a.AccountID, BotID: s.NewID(), AwsAccountID: a.AwsAccountID, DisplayName: in.DisplayName.V,
			Email: local + botEmailTail + domain, CreatedMs: now, UpdatedMs: now,
		}
		out.Bot = s.botShape(b)
		return s.addBot(r, b)
	})
	return &out, err
}

// botLocalPart checks a bot's name and returns what its address begins with.
func botLocalPart(name string) (string, error) {
	if n := utf8.RuneCountInString(name); n > maxBotName {
		return "", api.Invalid("DisplayName", "have length less than or equal to %d, not %d", maxBotName, n)
	}
	local := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, name)
	if local == "" {
		return "", api.Invalid("DisplayName", "not be blank")
	}
	illegal := func(r rune) bool { return unicode.IsControl(r) || strings.ContainsRune(`@<>()[]\,;:"`, r) }
	if strings.ContainsFunc(local, illegal) {
		return "", api.Invalid("DisplayName", "have only characters that an e-mail address can have")
	}
	return local, nil
}

// botDomain is the domain asked for or the account's first.
func botDomain(r store.Records, a *store.Account, asked api.Opt[string]) (string, error) {
	domains, err := r.Domains(a.AccountID)
	if err != nil {
		return "", err
	}
	for _, d := range domains {
		if !asked.Set || strings.EqualFold(d.Name, asked.V) {
			return d.Name, nil
		}
	}
	return "", api.Invalid("Domain", "be a domain that the account has claimed; it has %d", len(domains))
}

// addBot adds a bot to an account that is locked, so that the quota holds.
func (s *Service) addBot(r store.Records, b *store.Bot) error {
	have, err := r.CountBots(b.AccountID)
	if err != nil {
		return err
	}
	if int(have) >= s.Quotas.Bots {
		return api.ResourceLimitExceeded.Errorf("The account may have %d bots", s.Quotas.Bots)
	}
	err = r.InsertBot(b)
	if errors.Is(err, store.ErrExists) {
		return api.BadRequest.Errorf("%s: the account has a bot with this address already", messageBadRequest)
	}
	return err
}

// inBot runs fn for reading with a bot of the caller.
func (s *Service) inBot(ctx context.Context, accountID, botID string, fn func(store.Records, *store.Bot) error) error {
	return s.inAccount(ctx, accountID, withBot(store.Records.Bot, botID, fn))
}

// changeBot runs fn on a bot of the caller and writes what it changed.
func (s *Service) changeBot(ctx context.Context, accountID, botID string, fn func(*store.Bot) error) error {
	return s.writeAccount(ctx, accountID, withBot(store.Records.LockBot, botID, func(r store.Records, b *store.Bot) error {
		if err := fn(b); err != nil {
			return err
		}
		return r.UpdateBot(b)
	}))
}

type botReader func(r store.Records, accountID, botID string) (store.Bot, error)

// withBot checks the account's type and finds the bot.
func withBot(read botReader, botID string, fn func(store.Records, *store.Bot) error) func(store.Records, *store.Account) error {
	return func(r store.Records, a *store.Account) error {
		if err := enterprise(a); err != nil {
			return err
		}
		b, err := read(r, a.AccountID, botID)
		if err != nil {
			return absent(err)
		}
		return fn(r, &b)
	}
}

// GetBot returns a bot with its security token.
func (s *Service) GetBot(ctx context.Context, in *api.GetBotInput) (*api.GetBotOutput, error) {
	var out api.GetBotOutput
	err := s.inBot(ctx, in.AccountId, in.BotId, func(_ store.Records, b *store.Bot) error {
		out.Bot = s.botShape(b)
		return nil
	})
	return &out, err
}

// ListBots returns the bots of an account, newest first.
func (s *Service) ListBots(ctx context.Context, in *api.ListBotsInput) (*api.ListBotsOutput, error) {
	sc := scope("ListBots", awsAccount(ctx), in.AccountId)
	c, err := s.tokens.open(sc, in.NextToken)
	if err != nil {
		return nil, err
	}
	limit := in.MaxResults.Or(botPageSize)
	var rows []store.Bot
	err = s.inAccount(ctx, in.AccountId, func(r store.Records, a *store.Account) (err error) {
		if err := enterprise(a); err != nil {
			return err
		}
		rows, err = r.Bots(a.AccountID, c.Ms, c.ID, limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, next := page(s.tokens, sc, c, rows, limit, func(b *store.Bot) (int64, string) { return b.CreatedMs, b.BotID })
	return &api.ListBotsOutput{Bots: shapes(rows, s.botShape), NextToken: next}, nil
}

// UpdateBot stops a bot or lets it run again.
func (s *Service) UpdateBot(ctx context.Context, in *api.UpdateBotInput) (*api.UpdateBotOutput, error) {
	var out api.UpdateBotOutput
	err := s.changeBot(ctx, in.AccountId, in.BotId, func(b *store.Bot) error {
		if in.Disabled.Set {
			b.Disabled, b.UpdatedMs = in.Disabled.V, s.nowMs()
		}
		out.Bot = s.botShape(b)
		return nil
	})
	return &out, err
}

// RegenerateSecurityToken gives a bot a new security token. As the live service
// did, it leaves UpdatedTimestamp alone.
func (s *Service) RegenerateSecurityToken(ctx context.Context, in *api.RegenerateSecurityTokenInput) (*api.RegenerateSecurityTokenOutput, error) {
	var out api.RegenerateSecurityTokenOutput
	err := s.changeBot(ctx, in.AccountId, in.BotId, func(b *store.Bot) error {
		b.TokenSerial++
		out.Bot = s.botShape(b)
		return nil
	})
	return &out, err
}
