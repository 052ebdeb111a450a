// What each client of AWS's is asked for, in Go.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type request struct {
	Kind  string `json:"kind"`
	Value any    `json:"value"`
	Bytes int    `json:"bytes"`
}

var calls = 0

func handle(ctx context.Context, event request) (any, error) {
	calls++
	switch event.Kind {
	case "fail":
		return nil, errors.New("it broke")
	case "exit":
		os.Exit(3)
	case "large":
		return strings.Repeat("x", event.Bytes), nil
	case "stream":
		return strings.NewReader("first second"), nil
	case "log":
		fmt.Println("said by the function")
		return nil, nil
	}
	about, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	remaining := time.Until(deadline)
	trace, _ := ctx.Value("x-amzn-trace-id").(string)
	return map[string]any{
		"echo":      event.Value,
		"calls":     calls,
		"requestId": about.AwsRequestID,
		"arn":       about.InvokedFunctionArn,
		"hasTime":   remaining > 0 && remaining <= 10*time.Second,
		"trace":     strings.Split(trace, ";")[0],
	}, nil
}

func main() {
	lambda.Start(handle)
}
