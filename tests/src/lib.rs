//! What the integration tests share: the fault lab, a small internet made of network namespaces.

#[cfg(target_os = "linux")]
pub mod lab;
