//! Economic planning with certificates that anybody can check by multiplication.
