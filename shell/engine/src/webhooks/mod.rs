//! Telling other systems what happened: what is promised in the transaction of a change is delivered, in order for each object, until it
//! is taken or given up. Messages and signatures are those of Standard Webhooks.

mod deliver;
mod endpoint;
mod flow;
mod mail_log;
mod sign;
mod topic;

pub(crate) use deliver::Content;
pub use deliver::{Answered, Courier, DeliveryState, WebhookDelivery};
pub use endpoint::{Endpoint, EndpointChange, EndpointId, EndpointState, IssuedEndpoint, NewEndpoint};
pub use flow::{Flow, Taken};
pub use mail_log::MailDelivery;
pub use topic::Topic;
pub(crate) use topic::topic_of;
