package hearth;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What each client of AWS's is asked for, in Java; and the forms that a handler may have. */
public class Functions {
  private int calls = 0;

  public Object handle(Map<String, Object> event, Context context) {
    calls += 1;
    String kind = (String) event.get("kind");
    if (kind.equals("fail")) throw new IllegalArgumentException("it broke");
    if (kind.equals("exit")) System.exit(3);
    if (kind.equals("large")) return "x".repeat(((Number) event.get("bytes")).intValue());
    if (kind.equals("log")) {
      context.getLogger().log("said by the function");
      return null;
    }
    int remainingMs = context.getRemainingTimeInMillis();
    String trace = System.getProperty("com.amazonaws.xray.traceHeader", "");
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("echo", event.get("value"));
    result.put("calls", calls);
    result.put("requestId", context.getAwsRequestId());
    result.put("arn", context.getInvokedFunctionArn());
    result.put("hasTime", remainingMs > 0 && remainingMs <= 10_000);
    result.put("trace", trace.split(";")[0]);
    return result;
  }

  /** By an interface, without naming a method. */
  public static class Total implements RequestHandler<Order, Receipt> {
    @Override
    public Receipt handleRequest(Order order, Context context) {
      Receipt receipt = new Receipt();
      receipt.setCustomer(order.getCustomer());
      receipt.setTotal(order.getPrices().stream().mapToInt(Integer::intValue).sum());
      return receipt;
    }
  }

  public static class Upper implements RequestStreamHandler {
    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context)
        throws IOException {
      output.write(new String(input.readAllBytes()).toUpperCase().getBytes());
    }
  }

  public static class Order {
    private String customer;
    private List<Integer> prices;

    public String getCustomer() {
      return customer;
    }

    public void setCustomer(String customer) {
      this.customer = customer;
    }

    public List<Integer> getPrices() {
      return prices;
    }

    public void setPrices(List<Integer> prices) {
      this.prices = prices;
    }
  }

  public static class Receipt {
    private String customer;
    private int total;

    public String getCustomer() {
      return customer;
    }

    public void setCustomer(String customer) {
      this.customer = customer;
    }

    public int getTotal() {
      return total;
    }

    public void setTotal(int total) {
      this.total = total;
    }
  }
}
