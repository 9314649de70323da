//! Requests that the tasks of a service make to another service.

/// For each request that it works on, a service sends requests to another one and waits for the answers, one
/// after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceCall {
    /// The service that calls, by index; it has a load.
    pub caller: usize,
    /// The service that is called, by index; it has a load.
    pub callee: usize,
    /// Requests to the callee for each request of the caller, in millionths; above zero.
    pub per_request: u64,
    /// True when a request of the caller fails with a call that fails; false when it does without the answer.
    pub is_required: bool,
}

/// The most calls for one request.
pub const MOST_CALLS: u64 = 1_000;

/// The services in an order in which each comes before those that it calls; the others are left out.
///
/// # Errors
/// The services of a circle of calls, each of which calls the next, and the last one the first.
pub fn call_order(calls: &[ServiceCall]) -> Result<Vec<usize>, Vec<usize>> {
    let mut order = Vec::new();
    let mut path = Vec::new();
    for call in calls {
        visit(calls, call.caller, &mut order, &mut path)?;
    }
    order.reverse();
    Ok(order)
}

/// Adds a service to `order` after those that it calls. `path` is how it was reached.
fn visit(
    calls: &[ServiceCall],
    service: usize,
    order: &mut Vec<usize>,
    path: &mut Vec<usize>,
) -> Result<(), Vec<usize>> {
    if order.contains(&service) {
        return Ok(());
    }
    if let Some(begin) = path.iter().position(|of| *of == service) {
        return Err(path[begin..].to_vec());
    }
    path.push(service);
    for call in calls.iter().filter(|call| call.caller == service) {
        visit(calls, call.callee, order, path)?;
    }
    path.pop();
    order.push(service);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(pairs: &[(usize, usize)]) -> Vec<ServiceCall> {
        let call = |(caller, callee): &(usize, usize)| ServiceCall {
            caller: *caller,
            callee: *callee,
            per_request: 1_000_000,
            is_required: true,
        };
        pairs.iter().map(call).collect()
    }

    #[test]
    fn callers_come_before_those_that_they_call() {
        assert_eq!(call_order(&calls(&[])), Ok(vec![]));
        assert_eq!(call_order(&calls(&[(2, 0), (1, 2)])), Ok(vec![1, 2, 0]));
        let order = call_order(&calls(&[(3, 1), (3, 2), (1, 0), (2, 0)]));
        let order = order.expect("no circle");
        let place = |service| order.iter().position(|of| *of == service);
        assert!(place(3) < place(1) && place(3) < place(2));
        assert!(place(1) < place(0) && place(2) < place(0));
    }

    #[test]
    fn a_circle_is_found() {
        assert_eq!(call_order(&calls(&[(1, 1)])), Err(vec![1]));
        assert_eq!(
            call_order(&calls(&[(0, 1), (1, 2), (2, 3), (3, 1)])),
            Err(vec![1, 2, 3])
        );
    }
}
