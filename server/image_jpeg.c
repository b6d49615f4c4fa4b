/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <turbojpeg.h>

#include "server/image_pixels.h"

/*
 * What decoders warn of without a picture being the worse for it: bytes that some cameras leave before the end.
 * Everything else that is worth a warning is a picture that is not what it was.
 */
static bool is_harmless(const char *warning)
{
	return strstr(warning, "extraneous bytes before marker") != NULL ||
	       strstr(warning, "Invalid SOS parameters") != NULL;
}

/* The largest size of so many pixels at most that the decoder can make by itself, by leaving out detail. */
static tjscalingfactor scale_of(uint32_t width, uint32_t height)
{
	int count = 0;
	const tjscalingfactor *factors = tjGetScalingFactors(&count);
	tjscalingfactor best = {1, 8};

	for (int i = 0; i < count; i++) {
		uint64_t pixels = (uint64_t)TJSCALED((int)width, factors[i]) *
		                  (uint64_t)TJSCALED((int)height, factors[i]);

		if (factors[i].num <= factors[i].denom && pixels <= IMAGE_KEPT_PIXELS_MAX &&
			factors[i].num * best.denom > best.num * factors[i].denom) {
			best = factors[i];
		}
	}
	return best;
}

static bool has_failed(tjhandle handle, int status)
{
	return status != 0 &&
	       (tjGetErrorCode(handle) != TJERR_WARNING || !is_harmless(tjGetErrorStr2(handle)));
}

/* Its header, once more by whoever decodes it; false where that says something else than we saw. */
static bool is_as_seen(
	tjhandle handle, struct span in, const struct file_look *look, int *out_colours)
{
	int width = 0;
	int height = 0;
	int sampling = 0;

	int status =
		tjDecompressHeader3(handle, in.ptr, in.len, &width, &height, &sampling, out_colours);

	return !has_failed(handle, status) && width > 0 && height > 0 &&
	       (uint32_t)width == look->width && (uint32_t)height == look->height &&
	       *out_colours != TJCS_CMYK && *out_colours != TJCS_YCCK;
}

static enum image_verdict decode(
	tjhandle handle, struct span in, const struct file_look *look, struct pixels *out)
{
	int colours = 0;
	tjscalingfactor scale = scale_of(look->width, look->height);
	bool is_gray;
	int status;

	if (!is_as_seen(handle, in, look, &colours)) {
		return IMAGE_BROKEN;
	}
	is_gray = colours == TJCS_GRAY;
	*out = pixels_new((uint32_t)TJSCALED((int)look->width, scale),
		(uint32_t)TJSCALED((int)look->height, scale), is_gray ? 1 : 3);
	if (out->bytes == NULL) {
		return IMAGE_NO_MEMORY;
	}
	/* A progressive one may have any number of scans, each as much work as the whole: no more than 500. */
	status = tjDecompress2(handle, in.ptr, in.len, out->bytes, (int)out->width, 0, (int)out->height,
		is_gray ? TJPF_GRAY : TJPF_RGB, TJFLAG_LIMITSCANS);
	return has_failed(handle, status) ? IMAGE_BROKEN : IMAGE_DONE;
}

static enum image_verdict encode(const struct pixels *pixels, struct image *out)
{
	tjhandle handle = tjInitCompress();
	unsigned char *bytes = NULL; /* by tjAlloc, which is malloc */
	unsigned long len = 0;
	bool is_gray = pixels->depth == 1;

	if (handle == NULL) {
		return IMAGE_NO_MEMORY;
	}
	if (tjCompress2(handle, pixels->bytes, (int)pixels->width, 0, (int)pixels->height,
			is_gray ? TJPF_GRAY : TJPF_RGB, &bytes, &len, is_gray ? TJSAMP_GRAY : TJSAMP_420,
			IMAGE_QUALITY, 0) != 0) {
		tjFree(bytes);
		(void)tjDestroy(handle);
		return IMAGE_NO_MEMORY; /* nothing else can be wrong with pixels of ours */
	}
	(void)tjDestroy(handle);
	*out = (struct image){bytes, len, pixels->width, pixels->height};
	return IMAGE_DONE;
}

enum image_verdict image_jpeg(struct span in, const struct file_look *look, struct image *out)
{
	struct pixels pixels = {0};
	tjhandle handle = tjInitDecompress();
	enum image_verdict verdict;

	if (handle == NULL) {
		return IMAGE_NO_MEMORY;
	}
	verdict = decode(handle, in, look, &pixels);
	(void)tjDestroy(handle);
	if (verdict == IMAGE_DONE && !pixels_turn(&pixels, look->orientation)) {
		verdict = IMAGE_NO_MEMORY;
	}
	if (verdict == IMAGE_DONE) {
		verdict = encode(&pixels, out);
	}
	pixels_free(&pixels);
	return verdict;
}
