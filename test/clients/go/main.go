// Drives a control plane with a client that oapi-codegen generated.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"vitals.example/client/vitals"
)

func main() {
	if err := drive(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func drive(ctx context.Context) error {
	withToken := vitals.WithRequestEditorFn(func(_ context.Context, request *http.Request) error {
		request.Header.Set("Authorization", "Bearer "+os.Getenv("VITALS_TOKEN"))
		return nil
	})
	client, err := vitals.NewClientWithResponses(os.Getenv("VITALS_CONTROL_PLANE"), withToken)
	if err != nil {
		return err
	}
	if err := driveProvider(ctx, client); err != nil {
		return fmt.Errorf("provider: %w", err)
	}
	if err := driveService(ctx, client); err != nil {
		return fmt.Errorf("service: %w", err)
	}
	return nil
}

func driveProvider(ctx context.Context, client *vitals.ClientWithResponses) error {
	registered, err := client.RegisterProviderWithResponse(ctx, nil, vitals.RegisterProvider{
		Name: "go-1", Endpoint: "http://127.0.0.1:9", ServiceType: "go-vm", SchemaVersion: "v1",
		Labels: &vitals.Labels{"tier": "gold"},
		Metadata: &vitals.Metadata{
			Zone:                 pointer("z1"),
			Resources:            &vitals.Amounts{TotalCpu: number(8), TotalMemory: text("32GB")},
			AdditionalProperties: map[string]any{"rack": 7},
		},
	})
	if err != nil {
		return err
	}
	if registered.JSON201 == nil || registered.JSON201.Availability != vitals.AvailabilityUnknown {
		return fmt.Errorf("registration: %s", registered.Body)
	}
	beat := vitals.Heartbeat{Timestamp: time.Now(), Phase: vitals.PhaseReady}
	beaten, err := client.SendHeartbeatWithResponse(ctx, "go-1", beat)
	if err != nil {
		return err
	}
	if beaten.JSON200 == nil || beaten.JSON200.NextIntervalSeconds < 1 {
		return fmt.Errorf("heartbeat: %s", beaten.Body)
	}
	updated, err := client.UpdateProviderResourcesWithResponse(ctx, "go-1", vitals.InfoUpdate{
		Timestamp: time.Now(),
		Capacity:  vitals.Amounts{Cpu: number(16), Memory: text("64GiB")},
		Allocated: &vitals.Amounts{Cpu: text("500m")},
	})
	if err != nil {
		return err
	}
	if updated.JSON200 == nil {
		return fmt.Errorf("resources: %s", updated.Body)
	}
	query := vitals.FindCandidatesParams{
		ServiceType: pointer("go-vm"), Cpu: number(2), Memory: text("1GB"),
		Label: &[]string{"tier=gold"}, Explain: pointer(true),
	}
	found, err := client.FindCandidatesWithResponse(ctx, &query)
	if err != nil {
		return err
	}
	if found.JSON200 == nil || len(found.JSON200.Candidates) != 1 || *found.JSON200.Candidates[0].Free.Cpu != 15.5 {
		return fmt.Errorf("candidates: %s", found.Body)
	}
	cordoned, err := client.CordonProviderWithResponse(ctx, "go-1")
	if err != nil {
		return err
	}
	if cordoned.StatusCode() != http.StatusNoContent {
		return fmt.Errorf("cordon: %s", cordoned.Body)
	}
	drained, err := client.DrainProviderWithResponse(ctx, "go-1")
	if err != nil {
		return err
	}
	if drained.JSON202 == nil || !drained.JSON202.DrainRequested {
		return fmt.Errorf("drain: %s", drained.Body)
	}
	removed, err := client.RemoveProviderWithResponse(ctx, "go-1")
	if err != nil {
		return err
	}
	if removed.StatusCode() != http.StatusNoContent {
		return fmt.Errorf("removal: %s", removed.Body)
	}
	missing, err := client.ReadProviderWithResponse(ctx, "go-1", nil)
	if err != nil {
		return err
	}
	problem := missing.ApplicationproblemJSON404
	if problem == nil || problem.Code != vitals.ProblemCodeProviderNotRegistered {
		return fmt.Errorf("what is removed: %s", missing.Body)
	}
	return nil
}

func driveService(ctx context.Context, client *vitals.ClientWithResponses) error {
	tag := pointer("test")
	registered, err := client.RegisterServiceWithResponse(ctx, vitals.RegisterService{
		ServiceId: "go-orders", Protocol: "http", Address: "127.0.0.1", Port: 8443, Tag: tag,
		Check: &vitals.RegisteredCheck{Interval: pointer(int32(60_000))},
	})
	if err != nil {
		return err
	}
	if registered.JSON200 == nil || registered.JSON200.Code != vitals.LightCodeSUC10200 {
		return fmt.Errorf("registration: %s", registered.Body)
	}
	nodes, err := client.LookUpServiceWithResponse(ctx, &vitals.LookUpServiceParams{ServiceId: "go-orders", Tag: tag})
	if err != nil {
		return err
	}
	if nodes.JSON200 == nil || len(*nodes.JSON200) != 1 || (*nodes.JSON200)[0].Port != 8443 {
		return fmt.Errorf("lookup: %s", nodes.Body)
	}
	removed, err := client.DeregisterServiceWithResponse(ctx, &vitals.DeregisterServiceParams{
		ServiceId: "go-orders", Protocol: "http", Address: "127.0.0.1", Port: 8443, Tag: tag,
	})
	if err != nil {
		return err
	}
	if removed.JSON200 == nil {
		return fmt.Errorf("removal: %s", removed.Body)
	}
	return nil
}

func pointer[T any](value T) *T { return &value }

// number is an amount of cores or bytes.
func number(value float64) *vitals.Amount {
	var amount vitals.Amount
	if err := amount.FromAmount0(value); err != nil {
		log.Fatal(err)
	}
	return &amount
}

// text is an amount with a unit.
func text(value string) *vitals.Amount {
	var amount vitals.Amount
	if err := amount.FromAmount1(value); err != nil {
		log.Fatal(err)
	}
	return &amount
}
