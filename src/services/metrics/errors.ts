/**
 * What CloudWatch answers to bad input, word for word as recorded from AWS in September 2025; the entry is
 * named where there is one.
 */
import { AwsError } from '#aws/errors.ts';

function clientError(code: string, message: string, status = 400): AwsError {
  return new AwsError({ code, message, status });
}

/** A value that is wrong by itself. */
export function invalidValue(message: string): AwsError {
  return clientError('InvalidParameterValue', message);
}

/** Values that are wrong together. */
export function invalidCombination(message: string): AwsError {
  return clientError('InvalidParameterCombination', message);
}

/** A parameter that the others ask for. */
export function missingParameter(message: string): AwsError {
  return clientError('MissingParameter', message);
}

/** What AWS refuses of alarms and expressions. */
export function validationError(message: string): AwsError {
  return clientError('ValidationError', message);
}

/** `test_put_metric_data_validation`. */
export function bothGiven(index: number, first: string, second: string): AwsError {
  const member = `MetricData.member.${index + 1}`;
  return invalidCombination(
    `The parameters ${member}.${first} and ${member}.${second} are mutually exclusive and you have specified both.`,
  );
}

/** `test_put_metric_data_validation`. */
export function differentSizes(index: number): AwsError {
  const member = `MetricData.member.${index + 1}`;
  return invalidValue(
    `The parameters ${member}.Values and ${member}.Counts must be of the same size.`,
  );
}

/** `test_invalid_amount_of_datapoints`. */
export function tooManyDatapoints(requested: number, allowed: number): AwsError {
  return invalidCombination(
    `You have requested up to ${requested} datapoints, which exceeds the limit of ${allowed}. ` +
      'You may reduce the datapoints requested by increasing Period, or decreasing the time range.',
  );
}

/** `test_invalid_amount_of_datapoints`. */
export function startAfterEnd(): AwsError {
  return invalidValue('The parameter StartTime must be less than the parameter EndTime.');
}

/** `test_set_alarm_invalid_input`; it says nothing more. */
export function noAlarm(): AwsError {
  return clientError('ResourceNotFound', '', 404);
}

/** A composite of alarms that are not there. */
export function noAlarmsOfRule(names: readonly string[]): AwsError {
  return validationError(
    `Could not save the composite alarm as alarms [${names.join(', ')}] in the alarm rule do not exist`,
  );
}

/** Alarms on which composites stand that stay. */
export function alarmsNeeded(names: readonly string[]): AwsError {
  const them = names.length === 1 ? 'it' : 'them';
  return validationError(
    `Cannot delete ${names.join(',')} as there are composite alarm(s) depending on ${them}.`,
  );
}

/** A state's data that is no JSON; our words. */
export function invalidFormat(): AwsError {
  return clientError('InvalidFormat', 'StateReasonData must be valid JSON.');
}

/** A dashboard whose body is no JSON object; our words. */
export function invalidDashboard(): AwsError {
  return clientError(
    'InvalidParameterInput',
    'The field DashboardBody must be a valid JSON object',
  );
}

/** A dashboard that is not there. */
export function noDashboard(name: string): AwsError {
  return clientError('ResourceNotFound', `Dashboard ${name} does not exist`, 404);
}

/** An anomaly detector that is not there; our words. */
export function noAnomalyDetector(): AwsError {
  return notFound('AnomalyDetector', '', 'The anomaly detector does not exist.');
}

/** An insight rule that is not there; our words. */
export function noInsightRule(name: string): AwsError {
  return notFound('InsightRule', name, `Insight rule ${name} does not exist.`);
}

/** A metric stream that is not there. */
export function noMetricStream(name: string): AwsError {
  return notFound('MetricStream', name, `Metric Stream ${name} does not exist.`);
}

function notFound(type: string, id: string, message: string): AwsError {
  const fields = { ResourceType: type, ...(id !== '' && { ResourceId: id }) };
  return new AwsError({ code: 'ResourceNotFoundException', message, status: 404, fields });
}

/** A token that no answer gave. */
export function invalidToken(): AwsError {
  return clientError('InvalidNextToken', 'The next token specified is invalid.');
}
